package io.tapsentinel.event;

import io.tapsentinel.config.OwnSecrets;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A word for a name that comes from outside, such as that of an unknown array or field in TAP's answer. It is safe as a part of a
 * key, a file, a blob, a header, a log line and a label, whatever the name is. It depends on the name alone, so that it is the
 * same after a restart. Two names never have the same word.
 */
public final class SafeName {

    /** Characters of the longest word. */
    public static final int MOST = 64;

    /** Digits of a digest, which no plain name has, so that no name can be another one's word. */
    private static final int DIGITS = 24;

    private static final int STEM = 32;
    private static final Pattern PLAIN = Pattern.compile(
            "(?!.*[0-9a-f]{" + DIGITS + "})" + "[A-Za-z0-9](?:[A-Za-z0-9_.-]{0," + (MOST - 2) + "}[A-Za-z0-9])?");

    private SafeName() {}

    /**
     * The name itself when it is one that TAP might choose: letters, digits and inside also {@code _}, {@code .} and {@code -}, 64 at
     * most. Of every other one its beginning, with {@code _} for what is no letter or digit, and a digest of all of it. A secret of this
     * program counts as the mask that stands for it.
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
        // by its characters: as UTF-8, half a surrogate pair would be the same as another half
        ByteBuffer characters = ByteBuffer.allocate(name.length() * Character.BYTES);
        characters.asCharBuffer().put(name);
        return HexFormat.of().formatHex(EventIdentity.sha256().digest(characters.array()), 0, DIGITS / 2);
    }
}
