package io.tapsentinel.event;

import java.util.Collection;
import java.util.Map;

/**
 * Folds the spellings of the vendor's page into those of live answers, which the tables have. Where both are present the
 * live one stands; the other one stays beside it if it says something else, so that the row's mapper can report and keep it.
 * Nothing else after the reader looks at the second spelling.
 */
public final class LiveSpelling {

    private static final String CLUSTER_ID = "clusterId";

    private LiveSpelling() {}

    /**
     * Whether an event's field of this name is a second spelling, after {@link #fold}. It is no part of an identity: older
     * versions dropped it before they made their keys.
     */
    static boolean isSecondSpelling(String name) {
        return name.equals(CLUSTER_ID);
    }

    /** Renames in place. */
    public static void fold(Map<String, Object> event) {
        rename(event, CLUSTER_ID, "cluster");
        if (event.get("threatsInfoMap") instanceof Collection<?> threats) {
            for (Object one : threats) {
                if (one instanceof Map<?, ?>) {
                    @SuppressWarnings("unchecked") // a JSON object has no other keys
                    Map<String, Object> threat = (Map<String, Object>) one;
                    rename(threat, "threatId", "threatID");
                    rename(threat, "campaignId", "campaignID");
                }
            }
        }
    }

    private static void rename(Map<String, Object> map, String documented, String live) {
        if (map.containsKey(documented)) {
            Object value = map.remove(documented);
            Object standing = map.putIfAbsent(live, value);
            if (standing != null && value != null && !value.equals(standing)) {
                map.put(documented, value);
            }
        }
    }
}
