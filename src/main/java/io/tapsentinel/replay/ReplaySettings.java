package io.tapsentinel.replay;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import java.time.Duration;

/**
 * The endpoint to replay from, and how long replayed files are kept.
 *
 * @param uri  a folder, or another Camel endpoint
 * @param keep how long a replayed file is kept
 */
public record ReplaySettings(String uri, Duration keep) {

    /** @throws InvalidSettingException naming the wrong property */
    public static ReplaySettings of(SettingReader read) {
        return new ReplaySettings(
                replayUri(read.required("tap.replay.uri")),
                read.duration("tap.replay.keep", Duration.ofMinutes(1), Duration.ofDays(3650)));
    }

    /** Camel's blob consumer opens all blobs before the first is read. */
    private static String replayUri(String uri) {
        if (uri.startsWith("azure-storage-blob:")) {
            throw new InvalidSettingException("tap.replay.uri is \"" + uri.replaceAll("\\?.*", "?...")
                    + "\"; it must not be a blob endpoint. To replay blobs, add the route replay-from-blobs from"
                    + " src/site/markdown/archive.md, which moves them into a folder");
        }
        return uri;
    }
}
