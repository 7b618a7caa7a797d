"""Pictures of proofs: boxes and arrows, folded until they fit, as DOT, Mermaid, SVG and PNG."""
