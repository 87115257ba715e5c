package io.tapsentinel.rejected;

import io.tapsentinel.config.SettingReader;
import java.time.Duration;

/**
 * Where records lie that a table cannot take.
 *
 * @param uri      endpoint that takes them
 * @param keep     how long they are kept when that is a folder
 * @param maxBytes how much it may hold; with more, nothing can be rejected and its window fails
 */
public record RejectedSettings(String uri, Duration keep, long maxBytes) {

    /** @throws io.tapsentinel.config.InvalidSettingException naming the property that is wrong */
    public static RejectedSettings of(SettingReader read) {
        return new RejectedSettings(
                read.required("tap.rejected.uri"),
                read.duration("tap.rejected.keep", Duration.ofHours(1), Duration.ofDays(3650)),
                1_000_000L * read.number("tap.rejected.max-megabytes", 1, 1_000_000));
    }
}
