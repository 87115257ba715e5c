package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.azure.QueryFiles.Rule;
import java.time.Duration;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks what Sentinel requires of a scheduled rule, and that the rule selects rows by arrival with a loose bound on their own time:
 * our rows arrive hours after it.
 */
final class AnalyticsRuleCheck {

    private static final Pattern ARRIVED = Pattern.compile("ingestion_time\\(\\) > ago\\((\\w+)\\)");
    /** Must be a line of its own: more conditions beside it would change it. */
    private static final Pattern BOUND = Pattern.compile("\\| where TimeGenerated > ago\\((\\w+)\\)(?! and)");

    private static final Pattern TABLE = Pattern.compile("\\b\\w+_CL\\b(?!')");
    private static final Set<String> SEVERITIES = Set.of("High", "Medium", "Low", "Informational");
    private static final Map<String, Set<String>> TECHNIQUES =
            Map.of("InitialAccess", Set.of("T1566"), "Execution", Set.of("T1204"), "DefenseEvasion", Set.of("T1562"));
    private static final Map<String, Set<String>> IDENTIFIERS = Map.of(
            "Account",
            Set.of("Name", "UPNSuffix", "FullName"),
            "IP",
            Set.of("Address"),
            "URL",
            Set.of("Url"),
            "MailMessage",
            Set.of("Recipient", "Sender", "InternetMessageId"),
            "CloudApplication",
            Set.of("Name", "InstanceName"));

    private AnalyticsRuleCheck() {}

    /** The rule's faults; empty if it is valid. */
    static List<String> faults(Rule rule) {
        List<String> faults = new ArrayList<>();
        JsonNode metadata = rule.metadata();
        for (String name : List.of(
                "displayName",
                "description",
                "tactics",
                "techniques",
                "entityMappings",
                "customDetails",
                "incidentConfiguration")) {
            JsonNode value = metadata.path(name);
            expect(value.isContainerNode() ? !value.isEmpty() : !value.asText().isBlank(), "has no " + name, faults);
        }
        expect(SEVERITIES.contains(metadata.path("severity").asText()), "has no severity", faults);
        times(rule.query(), metadata, faults);
        expect(rule.query().length() <= 10_000, "has a query of over 10,000 characters", faults);
        metadata.path("techniques")
                .forEach(technique -> expect(
                        strings(metadata.path("tactics")).stream()
                                .anyMatch(tactic -> TECHNIQUES
                                        .getOrDefault(tactic, Set.of())
                                        .contains(technique.asText())),
                        "has technique " + technique.asText() + " of no tactic of its own",
                        faults));
        for (JsonNode entity : metadata.path("entityMappings")) {
            Set<String> known =
                    IDENTIFIERS.getOrDefault(entity.path("entityType").asText(), Set.of());
            List<String> used = entity.path("fieldMappings").findValuesAsText("identifier");
            expect(
                    !used.isEmpty() && used.size() <= 3 && known.containsAll(used),
                    "maps " + entity.path("entityType").asText() + " by " + used,
                    faults);
        }
        List<String> details = new ArrayList<>();
        metadata.path("customDetails").fieldNames().forEachRemaining(details::add);
        List<String> grouping =
                strings(metadata.at("/incidentConfiguration/groupingConfiguration/groupByCustomDetails"));
        expect(
                details.size() <= 20 && details.containsAll(grouping),
                "groups by a detail that it does not have",
                faults);
        return faults;
    }

    private static void times(String query, JsonNode metadata, List<String> faults) {
        Duration frequency = iso(metadata.path("queryFrequency").asText());
        Duration period = iso(metadata.path("queryPeriod").asText());
        // Sentinel's own limits
        expect(within(frequency, Duration.ofMinutes(5), Duration.ofDays(14)), "runs every " + frequency, faults);
        expect(within(period, frequency, Duration.ofDays(14)), "looks back " + period, faults);
        expect(
                period.toDays() < 2 || frequency.toHours() >= 1,
                "looks back two days or more, and more often than hourly",
                faults);
        // TAP serves seven days
        expect(!query.contains("ProofPointTAP") || period.toDays() >= 8, "looks back less than TAP does", faults);

        Set<Duration> arrived = all(ARRIVED, query);
        expect(
                arrived.equals(Set.of(frequency)),
                "selects by ingestion_time() > ago(...) of " + arrived + " and runs every " + frequency,
                faults);
        Set<Duration> bound = all(BOUND, query);
        expect(bound.equals(Set.of(period)), "bounds TimeGenerated by " + bound + " and looks back " + period, faults);
        expect(count(BOUND, query) == count(TABLE, query), "leaves a table without a bound of TimeGenerated", faults);
    }

    private static Set<Duration> all(Pattern pattern, String query) {
        return pattern.matcher(query)
                .results()
                .map(match -> kql(match.group(1)))
                .collect(Collectors.toSet());
    }

    private static long count(Pattern pattern, String query) {
        return pattern.matcher(query).results().count();
    }

    private static boolean within(Duration value, Duration least, Duration most) {
        return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    }

    /** A timespan literal of one unit. */
    private static Duration kql(String text) {
        Matcher one = Pattern.compile("(\\d+)([dhm])").matcher(text);
        if (!one.matches()) {
            return Duration.ZERO;
        }
        return one.group(2).equals("d")
                ? Duration.ofDays(Long.parseLong(one.group(1)))
                : iso("PT" + text.toUpperCase(Locale.ROOT));
    }

    private static Duration iso(String text) {
        return text.isEmpty()
                ? Duration.ZERO
                : text.contains("T")
                        ? Duration.parse(text)
                        : Duration.ofDays(Period.parse(text).getDays());
    }

    private static List<String> strings(JsonNode array) {
        List<String> all = new ArrayList<>();
        array.forEach(one -> all.add(one.asText()));
        return all;
    }

    private static void expect(boolean good, String fault, List<String> faults) {
        if (!good) {
            faults.add(fault);
        }
    }
}
