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
 * @param window      what is asked for
 * @param json        whether {@code format=json} was given; without it the answer is syslog
 * @param statuses    threat statuses to return; active and cleared unless given
 * @param threatTypes threat types to return; all unless given
 */
record TapQuery(TapWindow window, boolean json, Set<String> statuses, Set<String> threatTypes) {

    private static final Set<String> WINDOWS = Set.of("interval", "sinceSeconds", "sinceTime");
    private static final Set<String> STATUSES = Set.of("active", "cleared", "falsePositive");
    private static final Set<String> TYPES = Set.of("url", "attachment", "messageText");

    static TapQuery parse(String rawQuery, Instant now) throws TapRefusal {
        Map<String, List<String>> given = split(rawQuery);
        List<String> named = new ArrayList<>();
        for (String name : given.keySet()) {
            if (WINDOWS.contains(name)) {
                named.add(name);
            } else if (!Set.of("format", "threatStatus", "threatType").contains(name)) {
                throw new TapRefusal(400, "The request has a parameter that is not known");
            }
        }
        if (named.size() != 1 || given.get(named.get(0)).size() != 1) {
            throw new TapRefusal(400, "Exactly one of interval, sinceSeconds and sinceTime must be given, once");
        }
        return new TapQuery(
                window(named.get(0), given.get(named.get(0)).get(0), now),
                isJson(given.getOrDefault("format", List.of("syslog"))),
                choice("threatStatus", given, STATUSES, Set.of("active", "cleared")),
                choice("threatType", given, TYPES, TYPES));
    }

    private static TapWindow window(String name, String value, Instant now) throws TapRefusal {
        return switch (name) {
            case "interval" -> TapWindowParameter.interval(value, now);
            case "sinceSeconds" -> TapWindowParameter.sinceSeconds(value, now);
            default -> TapWindowParameter.sinceTime(value, now);
        };
    }

    private static boolean isJson(List<String> formats) throws TapRefusal {
        if (formats.size() == 1 && formats.get(0).equalsIgnoreCase("json")) {
            return true;
        }
        if (formats.size() == 1 && formats.get(0).equalsIgnoreCase("syslog")) {
            return false;
        }
        throw new TapRefusal(400, "The format parameter must be json or syslog");
    }

    /** Values may stand in one parameter with commas between them, or in several parameters of the same name. */
    private static Set<String> choice(
            String name, Map<String, List<String>> given, Set<String> known, Set<String> otherwise) throws TapRefusal {
        if (!given.containsKey(name)) {
            return otherwise;
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (String values : given.get(name)) {
            chosen.addAll(List.of(values.split(",", -1)));
        }
        if (!known.containsAll(chosen)) {
            throw new TapRefusal(400, "The " + name + " parameter has a value that is not known");
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
