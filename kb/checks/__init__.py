"""The checks that a program or a query passes before an engine sees it, one module each."""
