up () 
{ 
    open "$@";
    for i in $(seq 15);
    do
        sleep 1;
        W=$(win 2> /dev/null);
        [ -n "$W" ] && break;
    done;
    sleep 4;
    xdotool windowmove $W 0 0 windowsize $W 1436 870;
    sleep 1
}
