package io.tapsentinel.route;

import io.tapsentinel.config.InvalidSettingException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A container that is looked at for blobs to bring in: {@code azure-storage-blob:account/container?prefix=…&delay=…}.
 *
 * @param prefix of the blobs' names; empty for all
 * @param delay  from one look to the next; a look costs one request for every 5,000 blobs
 */
public record BlobPlace(String account, String container, String prefix, Duration delay) {

    static final String SCHEME = "azure-storage-blob:";

    private static final Duration DELAY = Duration.ofMinutes(1);
    /** Azure's rules for names of accounts and containers. */
    private static final Pattern URI =
            Pattern.compile(SCHEME + "(?://)?([a-z0-9]{3,24})/([a-z0-9](?:-?[a-z0-9]){2,62})(?:\\?(.*))?");

    /**
     * What {@code tap.replay.uri} says.
     *
     * @return empty for every other endpoint
     * @throws InvalidSettingException when it is none of a container, or has an option that is not known
     */
    public static Optional<BlobPlace> of(String uri) {
        if (!uri.startsWith(SCHEME)) {
            return Optional.empty();
        }
        Matcher place = URI.matcher(uri);
        if (!place.matches()) {
            throw bad(uri, "azure-storage-blob:<account>/<container>");
        }
        String prefix = "";
        Duration delay = DELAY;
        for (String option :
                place.group(3) == null ? new String[0] : place.group(3).split("&")) {
            String value = URLDecoder.decode(option.substring(option.indexOf('=') + 1), StandardCharsets.UTF_8);
            if (option.startsWith("prefix=")) {
                prefix = value;
            } else if (option.matches("delay=[1-9]\\d{2,8}")) {
                delay = Duration.ofMillis(Long.parseLong(value));
            } else {
                throw bad(uri, "one with no other options than prefix and delay (milliseconds, 100 or more)");
            }
        }
        return Optional.of(new BlobPlace(place.group(1), place.group(2), prefix, delay));
    }

    /** The container as Camel names it. */
    String uri() {
        return SCHEME + account + "/" + container;
    }

    /** As a log names it. */
    @Override
    public String toString() {
        return uri() + (prefix.isEmpty() ? "" : " below " + prefix);
    }

    private static InvalidSettingException bad(String uri, String bound) {
        // what was meant as an option may be a secret
        return new InvalidSettingException(
                "tap.replay.uri is \"" + uri.replaceAll("\\?.*", "?...") + "\"; it has to be " + bound);
    }
}
