package io.tapsentinel.event;

import static io.tapsentinel.event.EventIdentity.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Eight bytes that change only with TAP's verdict: the threats, their status, and whether a campaign is known. Order, scores and raw text do
 * not matter. Bit 63: a campaign is known. Bits 32 to 62: digest of the set of (threatID, threatType, classification). Bits 0 to 31: digest
 * of the set of (threatID, threatStatus). So two digests also show what has changed.
 */
public final class VerdictDigest {

    private VerdictDigest() {}

    /** Digest of an event in {@link LiveSpelling}. */
    public static long of(EventType type, Map<String, Object> fields) {
        Collection<?> threats = type.isClick()
                ? List.of(fields)
                : fields.get("threatsInfoMap") instanceof Collection<?> many ? many : List.of();
        TreeSet<String> found = new TreeSet<>();
        TreeSet<String> statuses = new TreeSet<>();
        boolean campaign = false;
        for (Object one : threats) {
            if (one instanceof Map<?, ?> threat) {
                String id = text(threat, "threatID");
                String kind = type.isClick() ? "url" : lower(threat, "threatType");
                found.add(id + '\n' + kind + '\n' + lower(threat, "classification"));
                statuses.add(id + '\n' + lower(threat, "threatStatus"));
                campaign |= !text(threat, type.isClick() ? "campaignId" : "campaignID")
                        .isEmpty();
            }
        }
        long campaignBit = campaign ? 1L << 63 : 0;
        return campaignBit | (first32(found) & 0x7fff_ffffL) << 32 | first32(statuses) & 0xffff_ffffL;
    }

    /** Whether two digests have the same threats, regardless of status. */
    public static boolean hasSameThreats(long one, long other) {
        return ((one ^ other) >>> 32 & 0x7fff_ffffL) == 0;
    }

    /** What has changed between two digests of one event; empty when they are equal. */
    public static Set<VerdictChange.Kind> kinds(long before, long after) {
        long differs = before ^ after;
        Set<VerdictChange.Kind> kinds = EnumSet.noneOf(VerdictChange.Kind.class);
        if (differs < 0) {
            kinds.add(VerdictChange.Kind.CAMPAIGN);
        }
        if (!hasSameThreats(before, after)) {
            // other threats always have other statuses, so STATUS would add nothing
            kinds.add(VerdictChange.Kind.THREAT);
        } else if ((differs & 0xffff_ffffL) != 0) {
            kinds.add(VerdictChange.Kind.STATUS);
        }
        return kinds;
    }

    private static String lower(Map<?, ?> threat, String name) {
        // documented samples and older rows write the same words in upper case
        return text(threat, name).toLowerCase(Locale.ROOT);
    }

    private static int first32(Collection<String> parts) {
        return ByteBuffer.wrap(EventIdentity.digest(parts.stream().map(part -> part.getBytes(StandardCharsets.UTF_8))))
                .getInt();
    }
}
