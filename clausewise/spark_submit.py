"""``spark-submit clausewise/spark_submit.py IN... -o OUT``: ``clausewise adjudicate`` on Spark."""

import sys


def main() -> None:
    """Run the command with the session of ``spark-submit``."""
    from explain.cli import main as run

    sys.argv[1:1] = ["adjudicate", "--engine", "spark"]
    run()


if __name__ == "__main__":
    main()
