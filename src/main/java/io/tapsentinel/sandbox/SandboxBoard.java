package io.tapsentinel.sandbox;

import io.tapsentinel.event.EventType;
import io.tapsentinel.event.HumanText;
import java.io.Closeable;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * The sandbox's results as a text table.
 *
 * @param landed     rows in the table
 * @param duplicates rows that were read again but not sent again
 * @param late       rows found only when their window was read again
 * @param missed     rows that a single-pass connector would have missed
 */
record SandboxBoard(
        ToLongFunction<EventType> landed,
        ToLongFunction<EventType> duplicates,
        ToLongFunction<EventType> late,
        ToLongFunction<EventType> missed) {

    private static final String[] HEADS = {
        "rows delivered", "duplicates dropped", "late rows recovered", "missed by a single-pass connector"
    };
    private static final int FIRST_WIDTH = 38;

    /** A header, the column heads, one line per table and the totals, each with a line feed. */
    String render(Instant now, Duration sinceStart) {
        StringBuilder board = new StringBuilder(1024);
        board.append("Sandbox at ")
                .append(HumanText.time(now))
                .append(", ")
                .append(HumanText.duration(sinceStart))
                .append(" after the start\n");
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

    /** Right-aligns the text for a positive width and left-aligns it for a negative one. */
    private static void pad(StringBuilder board, String text, int width) {
        String blanks = " ".repeat(Math.max(0, Math.abs(width) - text.length()));
        board.append(width < 0 ? text + blanks : blanks + text);
    }

    /** Prints the table periodically from a daemon thread, and again when the returned object is closed. */
    Closeable printEvery(Duration period, PrintStream out, Clock clock) {
        Instant start = clock.instant();
        Runnable print = () -> {
            Instant now = clock.instant();
            // a single call, so that log lines on the same stream do not split the table
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
