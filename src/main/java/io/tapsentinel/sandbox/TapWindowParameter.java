package io.tapsentinel.sandbox;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * Reads an interval, and refuses what TAP refuses. The texts for "too short" and "too far into the past" are
 * those that its clients report (OpenCTI-Platform/connectors 3600, elastic/integrations 11461), the others are our wording.
 * Stricter than the service: a time must state its offset.
 */
final class TapWindowParameter {

    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration HISTORY = Duration.ofDays(7);

    private TapWindowParameter() {}

    /** {@code start/end}, {@code duration/end} or {@code start/duration}; must lie in the past. */
    static TapWindow interval(String text, Instant now) throws TapRefusal {
        String[] halves = text.split("/", -1);
        if (halves.length != 2 || isDuration(halves[0]) && isDuration(halves[1])) {
            throw badlyFormed();
        }
        TapWindow window;
        try {
            if (isDuration(halves[0])) {
                Instant end = time(halves[1]);
                window = new TapWindow(end.minus(Duration.parse(halves[0])), end);
            } else {
                Instant start = time(halves[0]);
                window = new TapWindow(
                        start, isDuration(halves[1]) ? start.plus(Duration.parse(halves[1])) : time(halves[1]));
            }
        } catch (DateTimeException | ArithmeticException notAnInterval) {
            throw badlyFormed();
        }
        if (window.to().isBefore(window.from())) {
            throw badlyFormed();
        }
        if (window.to().isAfter(now)) {
            throw new TapRefusal(400, "The requested interval is still current");
        }
        return bounded(window, now);
    }

    private static TapWindow bounded(TapWindow window, Instant now) throws TapRefusal {
        Duration length = Duration.between(window.from(), window.to());
        if (length.compareTo(SHORTEST) < 0) {
            throw new TapRefusal(
                    400, "The requested interval is too short. Requests must be for at least 30.00s of data");
        }
        if (window.from().isBefore(now.minus(HISTORY))) {
            throw new TapRefusal(
                    400,
                    "The requested start time is too far into the past. Requests for information up to 7.00d are accepted");
        }
        if (length.compareTo(LONGEST) > 0) {
            throw new TapRefusal(
                    400, "The requested interval is too long. Requests must be for at most 3600.00s of data");
        }
        return window;
    }

    private static boolean isDuration(String half) {
        return half.startsWith("P");
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static TapRefusal badlyFormed() {
        return new TapRefusal(400, "The interval parameter is badly formed");
    }
}
