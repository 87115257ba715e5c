package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import java.io.Closeable;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The sandbox's result as a table of fixed width: per Sentinel table what landed, what was kept from landing twice, and what a
 * reader that looks at each window once would not have got.
 *
 * @param landed     rows in the table
 * @param duplicates rows that were read again and not sent again
 * @param late       rows that were found when their window was read again
 * @param missed     rows that a reader which looks once would have lost
 */
record SandboxBoard(
        ToLongFunction<EventType> landed,
        ToLongFunction<EventType> duplicates,
        ToLongFunction<EventType> late,
        ToLongFunction<EventType> missed) {

    private static final String[] HEADS = {
        "rows landed", "duplicates suppressed", "late rows recovered", "missed by a reader that looks once"
    };
    private static final int FIRST_WIDTH = 38;

    /** The table as lines that each end in a line feed: a header, the heads, one line per table, the totals. */
    String render(Instant now, Duration sinceStart) {
        StringBuilder board = new StringBuilder(1024);
        board.append("Sandbox at ")
                .append(now.truncatedTo(ChronoUnit.SECONDS))
                .append(", ")
                .append(sinceStart.toSeconds())
                .append(" s since start\n");
        pad(board, "Sentinel table", -FIRST_WIDTH);
        for (String head : HEADS) {
            board.append("  ").append(head);
        }
        board.append('\n');
        long[] total = new long[HEADS.length];
        for (EventType type : EventType.values()) {
            long[] numbers = {
                landed.applyAsLong(type), duplicates.applyAsLong(type), late.applyAsLong(type), missed.applyAsLong(type)
            };
            line(board, type.table(), numbers);
            for (int at = 0; at < total.length; at++) {
                total[at] += numbers[at];
            }
        }
        line(board, "total", total);
        return board.toString();
    }

    private static void line(StringBuilder board, String name, long[] numbers) {
        pad(board, name, -FIRST_WIDTH);
        for (int at = 0; at < numbers.length; at++) {
            pad(board.append("  "), String.format(Locale.ROOT, "%,d", numbers[at]), HEADS[at].length());
        }
        board.append('\n');
    }

    /** Fills up to a width: on the left when it is positive, on the right when it is negative. */
    private static void pad(StringBuilder board, String text, int width) {
        String blanks = " ".repeat(Math.max(0, Math.abs(width) - text.length()));
        board.append(width < 0 ? text + blanks : blanks + text);
    }

    /** Prints the table from a daemon thread after each period of real time, and once more when what it returns is closed. */
    Closeable printEvery(Duration period, PrintStream out, Clock clock) {
        Instant start = clock.instant();
        Runnable print = () -> {
            Instant now = clock.instant();
            // one call, so that lines of a log on the same stream do not come between
            out.print(render(now, Duration.between(start, now)));
            out.flush();
        };
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "sandbox-board");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleAtFixedRate(print, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return () -> {
            timer.shutdownNow();
            print.run();
        };
    }
}
