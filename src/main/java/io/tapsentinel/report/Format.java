package io.tapsentinel.report;

import io.tapsentinel.event.EventType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times (UTC) and table names in reports. */
public final class Format {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private Format() {}

    static String time(Instant time) {
        return TIME.format(time);
    }

    static String time(long millis) {
        return time(Instant.ofEpochMilli(millis));
    }

    /** The table of a stream, or the stream's own {@link io.tapsentinel.event.SafeName} if it has none. */
    public static String table(String stream) {
        return EventType.ofArray(stream).map(EventType::table).orElse(stream);
    }
}
