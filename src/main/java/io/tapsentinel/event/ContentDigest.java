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
 * Digest of a value of JSON as far as TAP does not change it later. The order of a list plays no role, since TAP shuffles them, and
 * neither does that of names. A name whose value is null or an empty list counts as absent. Levels are kept on the heap, so that any
 * depth can be digested.
 */
final class ContentDigest {

    /** Left out at every depth, since they change after the first report. */
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

    /** The 32 bytes of a map or a list. */
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

    /** A map or a list of which a part is digested. */
    private static final class Level {

        private final boolean isMap;
        private final Iterator<?> rest;
        private final List<byte[]> done = new ArrayList<>();
        /** The name of the value that was taken last; null in a list. */
        private String name;

        private Level(Object value) {
            isMap = value instanceof Map;
            rest = (value instanceof Map<?, ?> map ? map.entrySet() : (Collection<?>) value).iterator();
        }

        /** The next value; null also for one that is left out. */
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

    /** The kind keeps a list, a map, a member and a single value apart; several parts are digests of one length. */
    private static byte[] sha(char kind, byte[]... parts) {
        MessageDigest sha = EventIdentity.sha256();
        sha.update((byte) kind);
        for (byte[] part : parts) {
            sha.update(part);
        }
        return sha.digest();
    }
}
