package io.tapsentinel.event;

import java.util.Collection;
import java.util.Map;

/**
 * Renames documented field names to those of live answers, which the tables use. If both are present with different values, both stay, so
 * the mapper can report and keep the second; nothing else reads it.
 */
public final class LiveSpelling {

    private static final String CLUSTER_ID = "clusterId";

    private LiveSpelling() {}

    /**
     * Whether this is a second spelling that remains after {@link #fold}. It is not part of an identity, since older versions dropped it
     * before they computed keys.
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
                    @SuppressWarnings("unchecked") // keys of a JSON object are strings
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
