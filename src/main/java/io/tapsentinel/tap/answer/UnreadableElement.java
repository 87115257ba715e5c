package io.tapsentinel.tap.answer;

import io.tapsentinel.event.EventIdentity;
import io.tapsentinel.event.EventKey;
import io.tapsentinel.event.SafeName;
import io.tapsentinel.event.TokenDigest;
import java.util.stream.Stream;

/**
 * An element of an array that is not an event or cannot be read as one.
 *
 * @param array  the {@link SafeName} of its array
 * @param key    a digest of its array and its {@link TokenDigest}
 * @param reason why it cannot be read, without content
 * @param offset of its first byte in the answer as UTF-8
 * @param bytes  the element, or as much of it as is held of an event
 * @param length its length in bytes
 */
public record UnreadableElement(String array, EventKey key, String reason, long offset, byte[] bytes, long length) {

    static UnreadableElement of(String array, JsonValue value, String reason) {
        Stream<byte[]> parts =
                Stream.of(EventIdentity.bytes("unreadable"), EventIdentity.bytes(array), TokenDigest.of(value.bytes()));
        return new UnreadableElement(
                array, EventKey.of(EventIdentity.digest(parts)), reason, value.offset(), value.bytes(), value.length());
    }

    /** Without content. */
    @Override
    public String toString() {
        return array + " at byte " + offset + ": " + reason;
    }
}
