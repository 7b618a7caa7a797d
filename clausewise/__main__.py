"""``python -m clausewise`` is the command ``clausewise``."""


def main() -> None:
    """Run the command."""
    from explain.cli import main as run

    run()


if __name__ == "__main__":
    main()
