"""A connection of DuckDB that reads claim lines while its owner does something else."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Any

from facts.claim import EvidenceTypes
from facts.diagnostic import UsageError
from facts.extras import Connection, duckdb_module
from facts.leftovers import scratch_folder
from facts.readers.frames import TablePath
from kb.bulk.read.evidence import EvidenceReader
from kb.bulk.read.lines import LINES, Checked, LineReader
from kb.engines.duckdb.connection import connection_settings, stop_running


class BulkSession:
    """Reads files of claim lines aside; whoever needs the lines waits for them.

    To make a database, to read and to check are the work of DuckDB, so that a policy can be loaded
    and planned in the meantime. The reading has a connection of its own: whoever waits for nothing
    can use ``connection`` at once. Leaving the block stops the reading and takes all temporary
    files away.

    Parameters
    ----------
    claims : sequence of path
        CSV, JSONL, Parquet and 837 files.
    threads : int, optional
        As many as DuckDB takes by itself if absent.
    memory_limit : str, optional
        As in ``4GB``; what does not fit is put on disk.
    last : bool, optional
        Whether the process ends after the block: its memory is then not given back piece by piece.

    Raises
    ------
    UsageError
        If the memory limit or the threads are wrong, or DuckDB is not installed; it is raised
        at the first wait for the connection, or for what is read.

    Examples
    --------
    >>> with BulkSession([]) as session:
    ...     session.checked().tally.lines_read
    0
    """

    def __init__(
        self,
        claims: Sequence[TablePath],
        threads: int | None = None,
        memory_limit: str | None = None,
        last: bool = False,
    ) -> None:
        self._claims = claims
        self._last = last
        self._held = ExitStack()
        self._scratch = self._held.enter_context(scratch_folder())
        self._aside = ThreadPoolExecutor(1)
        self._connecting = self._aside.submit(connect_twice, threads, memory_limit, self._scratch)
        self._reading: Future[Checked] | None = None
        self._filing: Future[tuple[EvidenceReader, bool]] | None = None

    def __enter__(self) -> BulkSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connected = self._connecting.exception() is None
        if connected and kind is not None:
            self.interrupt()
        self.stop()
        if connected and kind is None and self._last:
            _LEFT_OPEN.append(self.connection)
        elif connected:
            close(self.connection)
        self._held.close()

    @property
    def connection(self) -> Connection:
        """The connection, as soon as it is there."""
        return self._connecting.result()[0]

    @property
    def _reader(self) -> Connection:
        return self._connecting.result()[1]

    def interrupt(self) -> None:
        """Stop the statements that run, of the reading too."""
        for connection in self._connecting.result():
            connection.interrupt()

    def query_progress(self) -> float:
        """Return how far the statement is that runs, in percent; below 0 while unknown."""
        reading = any(
            each is not None and not each.done() for each in (self._reading, self._filing)
        )
        return float((self._reader if reading else self.connection).query_progress())

    def start(self) -> None:
        """Begin to read, unless that was done."""
        if self._reading is None:
            self._reading = self._aside.submit(
                lambda: LineReader(self._reader, self._claims).read()
            )

    def start_evidence(
        self, evidence: Sequence[TablePath], types: EvidenceTypes, whole: bool = True
    ) -> None:
        """Begin to read evidence, as soon as the claims are read, unless that was done.

        Parameters
        ----------
        evidence : sequence of path
            Files of evidence.
        types : mapping of str to EvidenceType
            What the policy declares.
        whole : bool, optional
            Whether the claims are all there are.
        """
        self.start()
        if self._filing is not None or not evidence:
            return

        def read() -> tuple[EvidenceReader, bool]:
            reader = EvidenceReader(self._reader, types, LINES, whole)
            return reader, reader.read(evidence)

        self._filing = self._aside.submit(read)

    def stop(self) -> None:
        """Let nothing more be read."""
        waiting: tuple[Future[Any] | None, ...] = (self._filing, self._reading)
        for future in waiting:
            if future is not None and not future.cancel():
                stop_running(self, future)
        self._aside.shutdown(cancel_futures=True)

    def checked(self) -> Checked:
        """Return what came of the reading; the lines are the view ``checked_lines``."""
        self.start()
        assert self._reading is not None
        return self._reading.result()

    def filed(self) -> tuple[EvidenceReader, bool] | None:
        """Return what came of reading the evidence, and whether any line has some."""
        return None if self._filing is None else self._filing.result()


_LEFT_OPEN: list[Connection] = []
"""Connections that end with the process."""

_UNPACKED = {"checkpoint_threshold": "100TB"}
"""DuckDB does not stop to pack the tables of a run, which takes longer than it saves."""


def connect(threads: int | None, memory_limit: str | None, scratch: str) -> Connection:
    """Return a connection with threads and a memory limit; a scratch folder takes the rest."""
    duckdb = duckdb_module()
    settings = connection_settings(threads, memory_limit, scratch) | _UNPACKED
    try:
        connection = duckdb.connect(":memory:", config=settings)
        connection.execute("SET parquet_metadata_cache = true")
        return settled(connection)
    except duckdb.Error:
        message = f"the memory limit or the threads cannot be `{memory_limit or threads}`"
        help = "write a memory limit as in 4GB, and threads as a whole number from 1"
        raise UsageError.of(message, help) from None


def connect_twice(
    threads: int | None, memory_limit: str | None, scratch: str
) -> tuple[Connection, Connection]:
    """Return two connections to a new database, of threads, memory limit and scratch folder."""
    connection = connect(threads, memory_limit, scratch)
    return connection, settled(connection.cursor())


def close(connection: Connection) -> None:
    """Close a connection with its cursors; one that is still busy closes when it has ended."""
    with suppress(duckdb_module().Error):
        connection.close()


def settled(connection: Connection) -> Connection:
    """Return a connection with the settings that each connection to a database has by itself."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = true")
    connection.execute("SET enable_progress_bar_print = false")
    return connection
