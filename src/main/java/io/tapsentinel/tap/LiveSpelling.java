package io.tapsentinel.tap;

import java.util.Collection;
import java.util.Map;

/**
 * Folds the spellings of the vendor's page into those of live answers, which the tables have; where both are present the
 * live one stands. Everything after the reader knows one spelling only.
 */
final class LiveSpelling {

    private LiveSpelling() {}

    /** Renames in place. */
    static void fold(Map<String, Object> event) {
        rename(event, "clusterId", "cluster");
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
            map.putIfAbsent(live, value);
        }
    }
}
