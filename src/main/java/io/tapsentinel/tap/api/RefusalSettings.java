package io.tapsentinel.tap.api;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import java.time.Duration;
import java.util.List;

/**
 * Pauses after a refusal.
 *
 * @param retries     pauses before retries of a window within one run; their number is the number of retries
 * @param throttled   rests after the first, second, ... 429 in a row; the last one repeats
 * @param credentials rest after a 401 or 403
 */
public record RefusalSettings(List<Duration> retries, List<Duration> throttled, Duration credentials) {

    /** @throws InvalidSettingException for the first invalid property */
    public static RefusalSettings of(SettingReader read) {
        List<Duration> throttled = read.durations("tap.rest.throttled", Duration.ofSeconds(1), Duration.ofDays(1));
        if (throttled.isEmpty()) {
            // an exhausted pool recovers only as its oldest requests age out; asking on would delay that
            throw SettingReader.bad("tap.rest.throttled", "none", "a list of ISO 8601 durations, at least one");
        }
        return new RefusalSettings(
                read.durations("tap.retry.pauses", Duration.ZERO, Duration.ofMinutes(10)),
                throttled,
                read.duration("tap.rest.credentials", Duration.ofSeconds(1), Duration.ofDays(1)));
    }
}
