package io.tapsentinel.rejected;

import io.tapsentinel.config.SettingReader;
import java.time.Duration;

/**
 * Where rejected records are stored.
 *
 * @param uri      endpoint that takes them
 * @param keep     how long a folder keeps them
 * @param maxBytes maximum size of the folder; at this size nothing can be rejected and windows fail
 */
public record RejectedSettings(String uri, Duration keep, long maxBytes) {

    /** @throws io.tapsentinel.config.InvalidSettingException naming the wrong property */
    public static RejectedSettings of(SettingReader read) {
        return new RejectedSettings(
                read.required("tap.rejected.uri"),
                read.duration("tap.rejected.keep", Duration.ofHours(1), Duration.ofDays(3650)),
                1_000_000L * read.number("tap.rejected.max-megabytes", 1, 1_000_000));
    }
}
