package io.tapsentinel.tap.api;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import java.time.Duration;
import java.util.List;

/**
 * How long TAP is left alone after it refused.
 *
 * @param retries     pauses before the same window is asked for again within one run; as many as there are retries
 * @param throttled   rests after each 429 in a row, the last one again and again
 * @param credentials rest after a 401 or 403
 */
public record RefusalSettings(List<Duration> retries, List<Duration> throttled, Duration credentials) {

    /** @throws InvalidSettingException naming the first property that is wrong */
    public static RefusalSettings of(SettingReader read) {
        List<Duration> throttled = read.durations("tap.rest.throttled", Duration.ofSeconds(1), Duration.ofDays(1));
        if (throttled.isEmpty()) {
            // a pool that is used up stays so until its oldest requests age out; asking on would only hold that up
            throw SettingReader.bad("tap.rest.throttled", "none", "a list of ISO 8601 durations, at least one");
        }
        return new RefusalSettings(
                read.durations("tap.retry.pauses", Duration.ZERO, Duration.ofMinutes(10)),
                throttled,
                read.duration("tap.rest.credentials", Duration.ofSeconds(1), Duration.ofDays(1)));
    }
}
