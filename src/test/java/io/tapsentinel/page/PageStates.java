package io.tapsentinel.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.tapsentinel.event.EventType;
import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.sentinel.TableBacklog;
import io.tapsentinel.sentinel.batch.SuspensionLog.Suspended;
import io.tapsentinel.tap.plan.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Examples of {@code /status.json} for programs in different states. */
final class PageStates {

    static final Instant AT = Instant.parse("2026-11-23T10:09:08Z");
    /** Markup as an attacker may put it into any field; {@link #hostile} appends a number. */
    static final String MARKUP = "<img src=x onerror=\"document.title='hit'\"><b>{{7*7}}</b>&lt;";

    private static final int HOURS = 24;
    private static final Instant THIS_HOUR = AT.truncatedTo(ChronoUnit.HOURS);
    /** Accepts single quotes and unquoted names. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build();

    private PageStates() {}

    /** No problem; the last four hours are not swept yet. */
    static ObjectNode healthy() {
        ObjectNode page = json("""
                {at: '2026-11-23T10:09:08Z', source: 'tap', version: '1.0.0', startedAt: '2026-11-20T07:00:03Z', sandbox: false,
                 overall: 'UP', problems: [], gaps: [], gapsTotal: 0, lostSeconds: 0, possibleDuplicates: 0,
                 progress: {readTo: '2026-11-23T10:05:00Z', lagSeconds: 248, backlogSeconds: 0, lastPollAt: '2026-11-23T10:06:01Z',
                            nextAttemptAt: '2026-11-23T10:10:00Z', pollIntervalSeconds: 300, backlog: []},
                 budget: [{pool: 'everything-else', used: 432, limit: 1800, leftForPolls: 1368, leftForRest: 828},
                          {pool: 'clicks-permitted', used: 0, limit: 1800, leftForPolls: 1800, leftForRest: 1260}],
                 rejected: {total: 0, byReason: []},
                 sink: {acknowledged: 61204, pending: 0, lastAcknowledgedAt: '2026-11-23T10:06:02Z'},
                 archive: {waiting: 0, waitingBytes: 0, failed: 0, lastError: null}}""");
        ArrayNode tables = page.putArray("tables");
        ArrayNode uploads = page.withObject("/sink").putArray("tables");
        for (EventType type : EventType.values()) {
            tables.add(table(type));
            uploads.add(json("{table: '%s', failures: 0, needsPerson: false, message: null}", type.table()));
        }
        ArrayNode hours = page.putArray("hours");
        for (int ago = 1; ago <= HOURS; ago++) {
            hours.add(hour(ago));
        }
        ArrayNode late = page.putArray("late");
        String[] bounds = {"30 minutes", "1 hour", "4 hours", "12 hours", "1 day", "3 days", "later"};
        for (int i = 0; i < bounds.length; i++) {
            boolean polled = i < 2;
            late.addObject()
                    .put("upTo", bounds[i])
                    .put("polls24h", polled ? 410 - 300 * i : 0)
                    .put("sweeps24h", polled ? 0 : 40 >> i)
                    .put("polls90d", polled ? 36_120 - 26_000 * i : 0)
                    .put("sweeps90d", polled ? 0 : 3_900 >> i);
        }
        ArrayNode reads = page.putArray("reads");
        for (int i = 0; i < 20; i++) {
            Instant to = Instant.parse("2026-11-23T10:05:00Z").minus(Duration.ofMinutes(5L * i));
            reads.add(json(
                    "{readAt: '%s', purpose: '%s', from: '%s', to: '%s', fetched: %d, new: %d, late: %d, duplicate: %d,"
                            + " filtered: 0, changed: %d, rejected: 0, deferred: 0}",
                    to.plusSeconds(61),
                    i % 7 == 3 ? "sweep" : "poll",
                    to.minus(Duration.ofHours(1)),
                    to,
                    812 + 13 * i,
                    71 + i,
                    i % 3,
                    741 + 12 * i,
                    i % 5 == 1 ? 1 : 0));
        }
        routes(page.putArray("routes"));
        ArrayNode parts = page.putArray("parts");
        for (String part : List.of("tap", "sentinel", "storage", "completeness", "routes")) {
            parts.add(json(
                    "{id: '%1$s', level: 'UP', details: {'%1$s.last-answer': '2026-11-23T10:06:01Z', '%1$s.figure': 12345}}",
                    part));
        }
        return page;
    }

    /** Sentinel refuses one table, and reading stops. */
    static ObjectNode outage() {
        ObjectNode page = healthy().put("overall", "DOWN");
        problem(page, KnownProblem.TAP_FAILING, "25 in a row since 2026-11-23T08:06:02Z; last: rows wait for Sentinel");
        problem(
                page,
                KnownProblem.SENTINEL_ROLE,
                "ProofPointTAPClicksPermittedV2_CL: 403 OperationFailed; 41 failed requests in a row since"
                        + " 2026-11-23T08:06:02Z");
        change(
                page,
                "/progress",
                "{readTo: '2026-11-23T08:05:00Z', lagSeconds: 7448, lastPollAt: '2026-11-23T08:06:00Z'}");
        change(page, "/sink", "{pending: 71, lastAcknowledgedAt: '2026-11-23T08:06:02Z'}");
        change(page, "/sink/tables/0", """
                {failures: 41, needsPerson: true,
                 message: '403 OperationFailed: the authentication token does not have access to ingest data'}""");
        change(page, "/parts/1", "{level: 'DOWN'}");
        change(page, "/parts/0", "{level: 'DEGRADED'}");
        return page;
    }

    /** One table is suspended, the others continue. */
    static ObjectNode suspended() {
        TableBacklog owed = new TableBacklog(
                EventType.CLICKS_BLOCKED,
                Optional.of(new Suspended(
                        Instant.parse("2026-11-23T09:06:01Z"),
                        Instant.parse("2026-11-23T10:20:00Z"),
                        5,
                        "Sentinel answered 404 NotFound (request id 1)")),
                118,
                2,
                List.of(new TimeRange(Instant.parse("2026-11-23T08:00:00Z"), Instant.parse("2026-11-23T10:05:00Z"))));
        ObjectNode page = healthy().put("overall", "DOWN");
        ((ArrayNode) page.get("problems"))
                .addObject()
                .put("part", "sentinel")
                .put("level", "DOWN")
                .put(
                        "what",
                        KnownProblem.SENTINEL_TABLE_DOWN.what() + " ("
                                + owed.words(AT).orElseThrow() + ")")
                .put("remedy", owed.remedy().orElseThrow());
        owe(page, owed);
        change(page, "/sink/tables/1", "{failures: 7, needsPerson: true, message: '404 NotFound'}");
        for (String at : List.of("/hours/5", "/hours/5/tables/1")) {
            lower(page, at, 9, "{deferred: 7, withdrawn: 2}");
        }
        return page;
    }

    /** The same table catches up. */
    static ObjectNode catchingUp() {
        ObjectNode page = healthy();
        owe(
                page,
                new TableBacklog(
                        EventType.CLICKS_BLOCKED,
                        Optional.empty(),
                        118,
                        0,
                        List.of(new TimeRange(Instant.parse("2026-11-23T08:00:00Z"), AT))));
        return page;
    }

    private static void owe(ObjectNode page, TableBacklog owed) {
        ((ObjectNode) page.at("/tables/1"))
                .put("deferred", owed.deferred())
                .put("withdrawn", owed.withdrawn())
                .put(
                        "suspendedSince",
                        owed.suspended().map(so -> so.since().toString()).orElse(null))
                .put("waitingSeconds", TimeRange.total(owed.waiting()).toSeconds())
                .put("words", owed.sentences(AT).orElseThrow());
    }

    /** Missing events, a gap, rejected records, possible duplicates and a backlog. */
    static ObjectNode losses() {
        ObjectNode page = healthy()
                .put("overall", "DEGRADED")
                .put("gapsTotal", 1)
                .put("lostSeconds", 22_508)
                .put("possibleDuplicates", 50);
        problem(page, KnownProblem.MISSING, "3 events in the last 7 days");
        change(page, "", """
                {gaps: [{from: '2026-11-14T10:05:00Z', to: '2026-11-14T16:20:08Z', lostSeconds: 22508,
                         reason: 'not read within the 7 days that TAP keeps', noticedAt: '2026-11-21T16:20:08Z'}],
                 rejected: {total: 2, byReason: [{table: 'ProofPointTAPClicksBlockedV2_CL', reason: 'refused',
                         code: 'InvalidRecord', records: 2, last: '2026-11-23T04:11:09Z'}]},
                 archive: {waiting: 12, waitingBytes: 1234567, failed: 3, lastError: '403 AuthorizationFailure'}}""");
        change(page, "/progress", """
                {backlogSeconds: 18000, backlog: [{from: '2026-11-22T20:00:00Z', to: '2026-11-23T01:00:00Z'}]}""");
        change(page, "/tables/1", "{rejected24h: 2, unreadable24h: 1}");
        lower(page, "/hours/7", 3, "{missing: 3}");
        lower(page, "/hours/7/tables/2", 3, "{missing: 3}");
        return page;
    }

    /** Two rejected records in a swept hour. */
    static ObjectNode rejected() {
        ObjectNode page = healthy();
        for (String at : List.of("/hours/6", "/hours/6/tables/1")) {
            lower(page, at, 2, "{rejected: 2}");
        }
        return page;
    }

    /** Seconds after the first start. */
    static ObjectNode empty() {
        ObjectNode page =
                healthy().put("startedAt", AT.minusSeconds(3).toString()).putNull("archive");
        change(page, "/progress", """
                {readTo: null, lagSeconds: null, lastPollAt: null, nextAttemptAt: '2026-11-23T10:15:00Z'}""");
        page.get("tables").forEach(table -> {
            change(table, "", "{rows24h: 0, late24h: 0, duplicates24h: 0}");
            table.get("byHour").forEach(hour -> ((ObjectNode) hour).put("rows", 0));
        });
        List.of("hours", "reads", "late").forEach(list -> ((ArrayNode) page.get(list)).removeAll());
        change(page, "/budget/0", "{used: 0, leftForPolls: 1800, leftForRest: 1260}");
        change(page, "/sink", "{acknowledged: 0, lastAcknowledgedAt: null}");
        return page;
    }

    /** Markup in every text except times, huge numbers, 50 gaps. */
    static ObjectNode hostile() {
        ObjectNode page = losses();
        ArrayNode gaps = (ArrayNode) page.put("gapsTotal", 5_000).get("gaps");
        while (gaps.size() < 50) {
            gaps.add(gaps.get(0).deepCopy());
        }
        spoil(page, new AtomicInteger());
        page.put("at", AT.toString()).put("overall", "DEGRADED");
        page.get("problems").forEach(problem -> ((ObjectNode) problem).put("level", "DEGRADED"));
        page.get("parts").forEach(part -> ((ObjectNode) part).put("level", "DEGRADED"));
        return page;
    }

    private static void spoil(JsonNode node, AtomicInteger texts) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : new ArrayList<>(object.properties())) {
                field.setValue(spoilt(field.getValue(), texts));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, spoilt(array.get(i), texts));
            }
        }
    }

    private static JsonNode spoilt(JsonNode value, AtomicInteger texts) {
        spoil(value, texts);
        boolean time = value.asText().matches("\\d{4}-.*Z");
        return value.isTextual() && !time
                ? TextNode.valueOf(value.textValue() + ' ' + MARKUP + texts.incrementAndGet() + ';')
                : value.isNumber() ? LongNode.valueOf(value.longValue() + 9_007_199_254_740_000L) : value;
    }

    private static void problem(ObjectNode page, KnownProblem known, String particulars) {
        ((ArrayNode) page.get("problems"))
                .addObject()
                .put("part", known.part())
                .put("level", known.level().name())
                .put("what", known.what() + " (" + particulars + ")")
                .put("remedy", known.remedy());
    }

    private static ObjectNode table(EventType type) {
        ObjectNode table = JSON.createObjectNode().put("type", type.routeId()).put("table", type.table());
        ArrayNode byHour = table.putArray("byHour");
        long sum = 0;
        for (int ago = HOURS - 1; ago >= 0; ago--) {
            long rows = ago == 0 ? rows(type, 0) / 7 : rows(type, ago);
            sum += rows;
            byHour.addObject()
                    .put("hour", THIS_HOUR.minus(Duration.ofHours(ago)).toString())
                    .put("rows", rows);
        }
        change(
                table,
                "",
                "{rejected24h: 0, unreadable24h: 0, deferred: 0, withdrawn: 0, suspendedSince: null,"
                        + " nextProbeAt: null, reason: null, waitingSeconds: 0, words: null}");
        return table.put("rows24h", sum).put("late24h", sum / 97).put("duplicates24h", sum * 11);
    }

    private static ObjectNode hour(int ago) {
        boolean swept = ago > 4;
        String others = swept
                ? "{deferred: 0, withdrawn: 0, rejected: 0, missing: 0}"
                : "{theirs: null, ours: null, deferred: null, withdrawn: null, rejected: null, missing: null}";
        ObjectNode hour =
                json(others).put("hour", THIS_HOUR.minus(Duration.ofHours(ago)).toString());
        ArrayNode tables = hour.putNull("sweptAt").putArray("tables");
        if (swept) {
            hour.put(
                    "sweptAt",
                    THIS_HOUR.minus(Duration.ofHours(ago - 5L)).plusSeconds(420).toString());
        }
        long sum = 0;
        for (EventType type : EventType.values()) {
            ObjectNode table = json(others).put("type", type.routeId());
            tables.add(table);
            if (swept) {
                long rows = rows(type, ago);
                sum += rows;
                table.put("theirs", rows).put("ours", rows);
                hour.put("theirs", sum).put("ours", sum);
            }
        }
        return hour;
    }

    /** Rows of an hour: more by day, and more in the later tables. */
    private static long rows(EventType type, int ago) {
        int hour = Math.floorMod(10 - ago, HOURS);
        long busy = hour < 6 ? 6 : hour < 8 ? 30 : hour < 18 ? 90 + hour * 37 % 23 : 25;
        return busy * (1 + type.ordinal() * 3L) / 2 + (hour * 7 + type.ordinal() * 5L) % 9;
    }

    private static void routes(ArrayNode routes) {
        route(routes, "tap-poll", "quartz:tap/poll?cron=0+0/5+*+*+*+?", true, 3, "direct:tap-due");
        route(routes, "tap-sweep", "quartz:tap/sweep?cron=0+7/10+*+*+*+?", true, 1, "direct:tap-due");
        route(routes, "tap-due", "direct:tap-due", false, 9, "direct:tap-request", "direct:tap-event");
        route(routes, "tap-request", "direct:tap-request", true, 4);
        route(
                routes,
                "tap-event",
                "direct:tap-event",
                true,
                5,
                "direct:clicks-permitted",
                "direct:clicks-blocked",
                "direct:messages-delivered",
                "direct:messages-blocked",
                "direct:rejected");
        for (EventType type : EventType.values()) {
            route(routes, type.routeId(), "direct:" + type.routeId(), true, 3, "direct:before-" + type.routeId());
            route(routes, "before-" + type.routeId(), "direct:before-" + type.routeId(), true, 1, "direct:filtered");
        }
        route(routes, "rejected", "direct:rejected", false, 2);
        route(routes, "filtered", "direct:filtered", false, 1);
    }

    private static void route(ArrayNode routes, String id, String from, boolean yaml, int steps, String... to) {
        ObjectNode route = json(
                "{id: '%1$s', description: %2$s, from: '%3$s', yaml: %4$s, steps: %5$d}",
                id, yaml ? "'What " + id + " is for'" : null, from, yaml, steps);
        ArrayNode calls = route.putArray("to");
        List.of(to).forEach(calls::add);
        routes.add(route);
    }

    /** Parses an object after formatting the text with these values. */
    static ObjectNode json(String text, Object... values) {
        try {
            return (ObjectNode) JSON.readTree(text.formatted(values));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Sets fields of the object at this JSON pointer. */
    static void change(JsonNode page, String at, String fields) {
        ((ObjectNode) page.at(at)).setAll(json(fields));
    }

    /** Makes this many events of an hour absent from Sentinel. */
    private static void lower(ObjectNode page, String at, long events, String fields) {
        change(page, at, fields);
        ((ObjectNode) page.at(at)).put("ours", page.at(at + "/theirs").longValue() - events);
    }
}
