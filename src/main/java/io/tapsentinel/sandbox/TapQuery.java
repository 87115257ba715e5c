package io.tapsentinel.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The checked parameters of a request. The texts for "too short" and "too far into the past" are TAP's own (OpenCTI-Platform/connectors
 * 3600, elastic/integrations 11461), the others are made up. Stricter than TAP: unknown parameters and times without an offset are
 * refused, since they are mistakes that TAP ignores.
 *
 * @param from     inclusive
 * @param to       inclusive
 * @param statuses threat statuses to return, by default active and cleared
 */
record TapQuery(Instant from, Instant to, Set<String> statuses) {

    private static final Set<String> STATUSES = Set.of("active", "cleared", "falsePositive");
    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration HISTORY = Duration.ofDays(7);

    static TapQuery parse(String rawQuery, Instant now) throws Refusal {
        Map<String, List<String>> given = split(rawQuery);
        if (!Set.of("interval", "format", "threatStatus").containsAll(given.keySet())) {
            throw new Refusal(400, "The request has a parameter that is not known here");
        }
        if (given.getOrDefault("interval", List.of()).size() != 1) {
            throw new Refusal(400, "The interval parameter must be given, once");
        }
        List<String> formats = given.getOrDefault("format", List.of());
        if (formats.size() != 1 || !formats.get(0).equalsIgnoreCase("json")) {
            throw new Refusal(400, "The format parameter must be json here");
        }
        TapQuery query = interval(given.get("interval").get(0), statuses(given));
        query.check(now);
        return query;
    }

    boolean covers(Instant created) {
        return !created.isBefore(from) && !created.isAfter(to);
    }

    /** {@code start/end}, {@code duration/end} or {@code start/duration}. */
    private static TapQuery interval(String text, Set<String> statuses) throws Refusal {
        String[] halves = text.split("/", -1);
        if (halves.length != 2 || isDuration(halves[0]) && isDuration(halves[1])) {
            throw badlyFormed();
        }
        try {
            if (isDuration(halves[0])) {
                Instant end = time(halves[1]);
                return new TapQuery(end.minus(Duration.parse(halves[0])), end, statuses);
            }
            Instant start = time(halves[0]);
            Instant end = isDuration(halves[1]) ? start.plus(Duration.parse(halves[1])) : time(halves[1]);
            return new TapQuery(start, end, statuses);
        } catch (DateTimeException | ArithmeticException notAnInterval) {
            throw badlyFormed();
        }
    }

    private void check(Instant now) throws Refusal {
        if (to.isBefore(from)) {
            throw badlyFormed();
        }
        if (to.isAfter(now)) {
            throw new Refusal(400, "The requested interval is still current");
        }
        Duration length = Duration.between(from, to);
        if (length.compareTo(SHORTEST) < 0) {
            throw new Refusal(400, "The requested interval is too short. Requests must be for at least 30.00s of data");
        }
        if (from.isBefore(now.minus(HISTORY))) {
            throw new Refusal(
                    400,
                    "The requested start time is too far into the past. Requests for information up to 7.00d are accepted");
        }
        if (length.compareTo(LONGEST) > 0) {
            throw new Refusal(400, "The requested interval is too long. Requests must be for at most 3600.00s of data");
        }
    }

    private static boolean isDuration(String half) {
        return half.startsWith("P");
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }

    private static Refusal badlyFormed() {
        return new Refusal(400, "The interval parameter is badly formed");
    }

    /** Values may be separated by commas or given in repeated parameters. */
    private static Set<String> statuses(Map<String, List<String>> given) throws Refusal {
        Set<String> chosen = new LinkedHashSet<>();
        for (String values : given.getOrDefault("threatStatus", List.of("active,cleared"))) {
            chosen.addAll(List.of(values.split(",", -1)));
        }
        if (!STATUSES.containsAll(chosen)) {
            throw new Refusal(400, "The threatStatus parameter has a value that is not known");
        }
        return chosen;
    }

    private static Map<String, List<String>> split(String rawQuery) throws Refusal {
        Map<String, List<String>> given = new HashMap<>();
        if (rawQuery == null || rawQuery.isEmpty()) {
            return given;
        }
        try {
            for (String pair : rawQuery.split("&")) {
                String[] parts = pair.split("=", 2);
                String value = parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
                given.computeIfAbsent(parts[0], unused -> new ArrayList<>()).add(value);
            }
        } catch (IllegalArgumentException badEscape) {
            throw new Refusal(400, "The query is badly formed");
        }
        return given;
    }
}
