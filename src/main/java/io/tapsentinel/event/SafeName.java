package io.tapsentinel.event;

import io.tapsentinel.config.OwnSecrets;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Makes names from outside, such as an unknown array or field in TAP's answer, safe for keys, files, blobs, headers, log lines and labels.
 * The result depends only on the name, and different names have different results.
 */
public final class SafeName {

    /** Maximum length in characters. */
    public static final int MOST = 64;

    /** Digits of the digest. A plain name never has that many, so it cannot collide with a digest. */
    private static final int DIGITS = 24;

    private static final int STEM = 32;
    private static final Pattern PLAIN = Pattern.compile(
            "(?!.*[0-9a-f]{" + DIGITS + "})" + "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0," + (MOST - 2) + "}[A-Za-z0-9])?");

    private SafeName() {}

    /**
     * A plain name is returned as it is: up to 64 letters and digits, with {@code _}, {@code .} and {@code -} inside. Any other name becomes
     * its beginning, with {@code _} for other characters, and a digest of the whole name. Secrets in the name are masked first.
     */
    public static String of(String given) {
        String masked = OwnSecrets.mask(given);
        String name = masked.contains(OwnSecrets.MASK) ? masked : given;
        if (PLAIN.matcher(name).matches()) {
            return name;
        }
        String stem = name.substring(0, Math.min(STEM, name.length())).replaceAll("[^A-Za-z0-9]", "_");
        return (stem.isEmpty() ? "_" : stem) + "." + digest(name);
    }

    private static String digest(String name) {
        // over UTF-16, since UTF-8 encodes all unpaired surrogates alike
        ByteBuffer characters = ByteBuffer.allocate(name.length() * Character.BYTES);
        characters.asCharBuffer().put(name);
        return HexFormat.of().formatHex(EventIdentity.sha256().digest(characters.array()), 0, DIGITS / 2);
    }
}
