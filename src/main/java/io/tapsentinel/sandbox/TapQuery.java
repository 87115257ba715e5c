package io.tapsentinel.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request's parameters, checked. Stricter than the service: a parameter that it does not know is refused, since it would be
 * a typing error that silently widens the answer.
 *
 * @param window   what is asked for
 * @param statuses threat statuses to return; active and cleared unless given
 */
record TapQuery(TapWindow window, Set<String> statuses) {

    private static final Set<String> STATUSES = Set.of("active", "cleared", "falsePositive");

    static TapQuery parse(String rawQuery, Instant now) throws TapRefusal {
        Map<String, List<String>> given = split(rawQuery);
        if (!Set.of("interval", "format", "threatStatus").containsAll(given.keySet())) {
            throw new TapRefusal(400, "The request has a parameter that is not known here");
        }
        if (given.getOrDefault("interval", List.of()).size() != 1) {
            throw new TapRefusal(400, "The interval parameter must be given, once");
        }
        List<String> formats = given.getOrDefault("format", List.of());
        if (formats.size() != 1 || !formats.get(0).equalsIgnoreCase("json")) {
            throw new TapRefusal(400, "The format parameter must be json here");
        }
        return new TapQuery(TapWindowParameter.interval(given.get("interval").get(0), now), statuses(given));
    }

    /** Values may stand in one parameter with commas between them, or in several parameters of the same name. */
    private static Set<String> statuses(Map<String, List<String>> given) throws TapRefusal {
        Set<String> chosen = new LinkedHashSet<>();
        for (String values : given.getOrDefault("threatStatus", List.of("active,cleared"))) {
            chosen.addAll(List.of(values.split(",", -1)));
        }
        if (!STATUSES.containsAll(chosen)) {
            throw new TapRefusal(400, "The threatStatus parameter has a value that is not known");
        }
        return chosen;
    }

    private static Map<String, List<String>> split(String rawQuery) throws TapRefusal {
        Map<String, List<String>> given = new HashMap<>();
        if (rawQuery == null || rawQuery.isEmpty()) {
            return given;
        }
        for (String pair : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            try {
                String name = URLDecoder.decode(equals < 0 ? pair : pair.substring(0, equals), StandardCharsets.UTF_8);
                String value = equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                given.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
            } catch (IllegalArgumentException badEscape) {
                throw new TapRefusal(400, "The query is badly formed");
            }
        }
        return given;
    }
}
