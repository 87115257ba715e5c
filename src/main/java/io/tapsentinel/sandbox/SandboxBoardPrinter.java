package io.tapsentinel.sandbox;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Prints a board every few seconds from a daemon thread, and once more when it is closed. */
public final class SandboxBoardPrinter implements AutoCloseable {

    /** Time between two boards unless another is given. */
    public static final Duration PERIOD = Duration.ofSeconds(5);

    private final SandboxBoard board;
    private final PrintStream out;
    private final Clock clock;
    private final Instant start;
    private final ScheduledExecutorService timer;

    private SandboxBoardPrinter(SandboxBoard board, PrintStream out, Clock clock) {
        this.board = board;
        this.out = out;
        this.clock = clock;
        this.start = clock.instant();
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "sandbox-board");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Starts printing, the first time after one period.
     *
     * @param clock  gives the board's time; the period runs in real time
     * @param period at least a millisecond
     */
    public static SandboxBoardPrinter start(SandboxBoard board, PrintStream out, Clock clock, Duration period) {
        SandboxBoardPrinter printer = new SandboxBoardPrinter(board, out, clock);
        printer.timer.scheduleAtFixedRate(printer::print, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return printer;
    }

    private synchronized void print() {
        Instant now = clock.instant();
        // one call, so that lines of a log on the same stream do not come between
        out.print(board.render(now, Duration.between(start, now)));
        out.flush();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        print();
    }
}
