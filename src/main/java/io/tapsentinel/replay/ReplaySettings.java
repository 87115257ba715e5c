package io.tapsentinel.replay;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import java.time.Duration;

/**
 * The endpoint whose answers and records are replayed, and how long they are kept then.
 *
 * @param uri  a folder, or another endpoint of Camel
 * @param keep how long a replayed file is kept
 */
public record ReplaySettings(String uri, Duration keep) {

    /** @throws InvalidSettingException naming the property that is wrong */
    public static ReplaySettings of(SettingReader read) {
        return new ReplaySettings(
                replayUri(read.required("tap.replay.uri")),
                read.duration("tap.replay.keep", Duration.ofMinutes(1), Duration.ofDays(3650)));
    }

    /** Camel's consumer of blobs opens each of them before the first one is read. */
    private static String replayUri(String uri) {
        if (uri.startsWith("azure-storage-blob:")) {
            throw new InvalidSettingException("tap.replay.uri is \"" + uri.replaceAll("\\?.*", "?...")
                    + "\"; it must not be a blob endpoint. To replay blobs, add the route replay-from-blobs from"
                    + " src/site/markdown/archive.md, which moves them into a folder");
        }
        return uri;
    }
}
