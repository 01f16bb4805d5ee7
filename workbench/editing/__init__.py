"""The edits that people make to a network, without Qt: new layers, deletion, wire rules, clipboard."""
