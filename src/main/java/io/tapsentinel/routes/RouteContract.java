package io.tapsentinel.routes;

import java.util.List;
import java.util.Map;

/**
 * What a set of routes has to be before it is used: at start, at each live reload, and by {@code routes check}.
 */
public final class RouteContract {

    private RouteContract() {
    }

    /**
     * Looks at a whole set; starts nothing.
     *
     * @param properties effective values, for placeholders
     * @return what is wrong, a sentence each that names file, route and step; empty when the set may be used
     */
    public static List<String> problems(RouteFiles files, Map<String, String> properties) {
        return List.of();
    }
}
