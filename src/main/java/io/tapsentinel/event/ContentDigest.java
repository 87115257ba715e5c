package io.tapsentinel.event;

import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Digest of a JSON value without the fields that TAP changes later. The order of lists and names does not matter, since TAP shuffles lists.
 * A null or an empty list counts as absent. Nesting is kept on the heap, so any depth works.
 */
final class ContentDigest {

    /** Ignored at every depth: TAP changes them after the first report. */
    private static final Set<String> CHANGING = Set.of(
            "threatStatus",
            "campaignId",
            "campaignID",
            "classification",
            "threatTime",
            "spamScore",
            "phishScore",
            "malwareScore",
            "impostorScore",
            "sandboxStatus");

    private ContentDigest() {}

    /** The digest of a map or a list, 32 bytes. */
    static byte[] of(Object value) {
        Deque<Level> open = new ArrayDeque<>();
        open.push(new Level(value));
        while (true) {
            Level level = open.peek();
            if (!level.rest.hasNext()) {
                open.pop();
                if (open.isEmpty()) {
                    return level.digest();
                }
                open.peek().add(level.digest());
            } else {
                Object next = level.next();
                if (EventIdentity.isNested(next)) {
                    open.push(new Level(next));
                } else if (next != null) {
                    level.add(sha('v', EventIdentity.bytes(next)));
                } else if (level.name == null) {
                    level.add(sha('0'));
                }
            }
        }
    }

    /** A partly digested map or list. */
    private static final class Level {

        private final boolean isMap;
        private final Iterator<?> rest;
        private final List<byte[]> done = new ArrayList<>();
        /** Name of the last value; null in a list. */
        private String name;

        private Level(Object value) {
            isMap = value instanceof Map;
            rest = (value instanceof Map<?, ?> map ? map.entrySet() : (Collection<?>) value).iterator();
        }

        /** The next value; null also for an ignored one. */
        private Object next() {
            Object next = rest.next();
            if (!isMap) {
                return next;
            }
            Map.Entry<?, ?> member = (Map.Entry<?, ?>) next;
            name = String.valueOf(member.getKey());
            Object value = member.getValue();
            return CHANGING.contains(name) || value instanceof Collection<?> list && list.isEmpty() ? null : value;
        }

        private void add(byte[] digest) {
            done.add(isMap ? sha('n', sha('v', EventIdentity.bytes(name)), digest) : digest);
        }

        private byte[] digest() {
            done.sort(Arrays::compareUnsigned);
            return sha(isMap ? 'm' : 'l', done.toArray(byte[][]::new));
        }
    }

    /** {@code kind} separates lists, maps, members and values. Several parts must be digests, which have one length. */
    private static byte[] sha(char kind, byte[]... parts) {
        MessageDigest sha = EventIdentity.sha256();
        sha.update((byte) kind);
        for (byte[] part : parts) {
            sha.update(part);
        }
        return sha.digest();
    }
}
