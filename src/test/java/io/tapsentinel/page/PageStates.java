package io.tapsentinel.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** Figures as {@code /status.json} has them, of programs that do well, badly, or not much yet. */
final class PageStates {

    static final Instant AT = Instant.parse("2026-11-23T10:09:08Z");
    /** What a stranger may have written into anything; in each text of {@link #hostile} a number follows. */
    static final String MARKUP = "<img src=x onerror=\"document.title='hit'\"><b>{{7*7}}</b>&lt;";

    private static final int HOURS = 24;
    private static final Instant THIS_HOUR = AT.truncatedTo(ChronoUnit.HOURS);
    private static final ObjectMapper JSON = new ObjectMapper();

    private PageStates() {}

    /** All has arrived; the last four hours are not swept yet. */
    static ObjectNode healthy() {
        ObjectNode page = JSON.createObjectNode()
                .put("at", AT.toString())
                .put("source", "tap")
                .put("version", "1.0.0")
                .put("startedAt", "2026-11-20T07:00:03Z")
                .put("sandbox", false)
                .put("overall", "UP");
        page.putArray("problems");
        page.putObject("progress")
                .put("readTo", "2026-11-23T10:05:00Z")
                .put("lagSeconds", 248)
                .put("backlogSeconds", 0)
                .put("lastPollAt", "2026-11-23T10:06:01Z")
                .put("nextAttemptAt", "2026-11-23T10:10:00Z")
                .put("pollIntervalSeconds", 300)
                .putArray("backlog");
        ArrayNode tables = page.putArray("tables");
        for (EventType type : EventType.values()) {
            tables.add(table(type));
        }
        ArrayNode hours = page.putArray("hours");
        for (int ago = 1; ago <= HOURS; ago++) {
            hours.add(hour(ago));
        }
        ArrayNode late = page.putArray("late");
        String[] bounds = {"30 minutes", "1 hour", "4 hours", "12 hours", "1 day", "3 days", "later"};
        for (int i = 0; i < bounds.length; i++) {
            late.addObject()
                    .put("upTo", bounds[i])
                    .put("polls24h", i < 2 ? 410 - 300 * i : 0)
                    .put("sweeps24h", i < 2 ? 0 : 40 >> i)
                    .put("polls90d", i < 2 ? 36_120 - 26_000 * i : 0)
                    .put("sweeps90d", i < 2 ? 0 : 3_900 >> i);
        }
        ArrayNode budget = page.putArray("budget");
        budget.addObject()
                .put("pool", "everything-else")
                .put("used", 432)
                .put("limit", 1800)
                .put("leftForPolls", 1368)
                .put("leftForRest", 828);
        budget.addObject()
                .put("pool", "clicks-permitted")
                .put("used", 0)
                .put("limit", 1800)
                .put("leftForPolls", 1800)
                .put("leftForRest", 1260);
        ArrayNode reads = page.putArray("reads");
        for (int i = 0; i < 20; i++) {
            Instant to = Instant.parse("2026-11-23T10:05:00Z").minus(Duration.ofMinutes(5L * i));
            reads.addObject()
                    .put("readAt", to.plusSeconds(61).toString())
                    .put("purpose", i % 7 == 3 ? "sweep" : "poll")
                    .put("from", to.minus(Duration.ofHours(1)).toString())
                    .put("to", to.toString())
                    .put("fetched", 812 + 13 * i)
                    .put("new", 71 + i)
                    .put("late", i % 3)
                    .put("duplicate", 741 + 12 * i)
                    .put("filtered", 0)
                    .put("changed", i % 5 == 1 ? 1 : 0)
                    .put("rejected", 0)
                    .put("deferred", 0);
        }
        page.putArray("gaps");
        page.put("gapsTotal", 0).put("lostSeconds", 0);
        page.putObject("rejected").put("total", 0).putArray("byReason");
        page.put("possibleDuplicates", 0);
        ArrayNode sink = page.putObject("sink")
                .put("acknowledged", 61_204)
                .put("pending", 0)
                .put("lastAcknowledgedAt", "2026-11-23T10:06:02Z")
                .putArray("tables");
        for (EventType type : EventType.values()) {
            sink.addObject()
                    .put("table", type.table())
                    .put("failures", 0)
                    .put("needsPerson", false)
                    .putNull("message");
        }
        page.putObject("archive")
                .put("waiting", 0)
                .put("waitingBytes", 0)
                .put("failed", 0)
                .putNull("lastError");
        routes(page.putArray("routes"));
        ArrayNode parts = page.putArray("parts");
        for (String part : List.of("tap", "sentinel", "storage", "completeness", "routes")) {
            parts.addObject()
                    .put("id", part)
                    .put("level", "UP")
                    .putObject("details")
                    .put(part + ".last-answer", "2026-11-23T10:06:01Z")
                    .put(part + ".figure", 12_345);
        }
        return page;
    }

    /** Sentinel refuses one table, and reading waits for it. */
    static ObjectNode outage() {
        ObjectNode page = healthy().put("overall", "DOWN");
        problem(
                page,
                KnownProblem.TAP_FAILING,
                "25 in a row since 2026-11-23T08:06:02Z, the last one: rows wait for Sentinel");
        problem(
                page,
                KnownProblem.SENTINEL_ROLE,
                "ProofPointTAPClicksPermittedV2_CL since 2026-11-23T08:06:02Z, 41 failed requests in a row:"
                        + " 403 OperationFailed");
        ((ObjectNode) page.get("progress"))
                .put("readTo", "2026-11-23T08:05:00Z")
                .put("lagSeconds", 7448)
                .put("lastPollAt", "2026-11-23T08:06:00Z");
        ((ObjectNode) page.at("/sink/tables/0"))
                .put("failures", 41)
                .put("needsPerson", true)
                .put("message", "403 OperationFailed: the authentication token does not have access to ingest data");
        ((ObjectNode) page.get("sink")).put("pending", 71).put("lastAcknowledgedAt", "2026-11-23T08:06:02Z");
        ((ObjectNode) page.at("/parts/1")).put("level", "DOWN");
        ((ObjectNode) page.at("/parts/0")).put("level", "DEGRADED");
        return page;
    }

    /** One table refuses, and the others go on. */
    static ObjectNode suspended() {
        TableBacklog owed = new TableBacklog(
                EventType.CLICKS_BLOCKED,
                Optional.of(new Suspended(
                        Instant.parse("2026-11-23T09:06:01Z"),
                        Instant.parse("2026-11-23T10:20:00Z"),
                        5,
                        "upload to Custom-ProofPointTAPClicksBlockedV2_CL refused: 404 NotFound (request 1)")),
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
        ((ObjectNode) page.at("/sink/tables/1"))
                .put("failures", 7)
                .put("needsPerson", true)
                .put("message", "404 NotFound");
        for (String at : List.of("/hours/5", "/hours/5/tables/1")) {
            ((ObjectNode) page.at(at))
                    .put("ours", page.at(at + "/theirs").longValue() - 9)
                    .put("deferred", 7)
                    .put("withdrawn", 2);
        }
        return page;
    }

    /** The same table accepts again. */
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

    /** What cannot be mended any more, or waits to be. */
    static ObjectNode losses() {
        ObjectNode page = healthy()
                .put("overall", "DEGRADED")
                .put("gapsTotal", 1)
                .put("lostSeconds", 22_508)
                .put("possibleDuplicates", 50);
        problem(page, KnownProblem.MISSING, "3 in the hours of 7 days");
        ((ArrayNode) page.get("gaps"))
                .addObject()
                .put("from", "2026-11-14T10:05:00Z")
                .put("to", "2026-11-14T16:20:08Z")
                .put("lostSeconds", 22_508)
                .put("reason", "not read within the 7 days that TAP keeps")
                .put("noticedAt", "2026-11-21T16:20:08Z");
        ((ObjectNode) page.at("/hours/7"))
                .put("ours", page.at("/hours/7/theirs").longValue() - 3)
                .put("missing", 3);
        ((ObjectNode) page.at("/hours/7/tables/2"))
                .put("ours", page.at("/hours/7/tables/2/theirs").longValue() - 3)
                .put("missing", 3);
        ((ObjectNode) page.at("/tables/1")).put("rejected24h", 2).put("unreadable24h", 1);
        ((ArrayNode) ((ObjectNode) page.get("rejected")).put("total", 2).get("byReason"))
                .addObject()
                .put("table", "ProofPointTAPClicksBlockedV2_CL")
                .put("reason", "refused")
                .put("code", "InvalidRecord")
                .put("records", 2)
                .put("last", "2026-11-23T04:11:09Z");
        ((ObjectNode) page.get("progress"))
                .put("backlogSeconds", 18_000)
                .withArray("backlog")
                .addObject()
                .put("from", "2026-11-22T20:00:00Z")
                .put("to", "2026-11-23T01:00:00Z");
        ((ObjectNode) page.get("archive"))
                .put("waiting", 12)
                .put("waitingBytes", 1_234_567)
                .put("failed", 3)
                .put("lastError", "403 AuthorizationFailure");
        return page;
    }

    /** Two records of a swept hour are not in their table. */
    static ObjectNode rejected() {
        ObjectNode page = healthy();
        for (String at : List.of("/hours/6", "/hours/6/tables/1")) {
            ((ObjectNode) page.at(at))
                    .put("ours", page.at(at + "/theirs").longValue() - 2)
                    .put("rejected", 2);
        }
        return page;
    }

    /** Seconds after the first start of all. */
    static ObjectNode empty() {
        ObjectNode page =
                healthy().put("startedAt", AT.minusSeconds(3).toString()).putNull("archive");
        ((ObjectNode) page.get("progress"))
                .putNull("readTo")
                .putNull("lagSeconds")
                .putNull("lastPollAt")
                .put("nextAttemptAt", "2026-11-23T10:15:00Z");
        page.get("tables").forEach(table -> {
            ((ObjectNode) table).put("rows24h", 0).put("late24h", 0).put("duplicates24h", 0);
            table.get("byHour").forEach(hour -> ((ObjectNode) hour).put("rows", 0));
        });
        List.of("hours", "reads", "late").forEach(list -> ((ArrayNode) page.get(list)).removeAll());
        ((ObjectNode) page.at("/budget/0"))
                .put("used", 0)
                .put("leftForPolls", 1800)
                .put("leftForRest", 1260);
        ((ObjectNode) page.get("sink")).put("acknowledged", 0).putNull("lastAcknowledgedAt");
        return page;
    }

    /** Markup in every text that is no time, enormous numbers, fifty gaps. */
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
        return table.put("rows24h", sum)
                .put("late24h", sum / 97)
                .put("duplicates24h", sum * 11)
                .put("rejected24h", 0)
                .put("unreadable24h", 0)
                .put("deferred", 0)
                .put("withdrawn", 0)
                .putNull("suspendedSince")
                .putNull("nextProbeAt")
                .putNull("reason")
                .put("waitingSeconds", 0)
                .putNull("words");
    }

    private static ObjectNode hour(int ago) {
        boolean swept = ago > 4;
        ObjectNode hour = JSON.createObjectNode()
                .put("hour", THIS_HOUR.minus(Duration.ofHours(ago)).toString())
                .put(
                        "sweptAt",
                        swept
                                ? THIS_HOUR
                                        .minus(Duration.ofHours(ago - 5L))
                                        .plusSeconds(420)
                                        .toString()
                                : null);
        ArrayNode tables = hour.putArray("tables");
        long sum = 0;
        for (EventType type : EventType.values()) {
            Long rows = swept ? rows(type, ago) : null;
            sum += swept ? rows : 0;
            tables.addObject()
                    .put("type", type.routeId())
                    .put("theirs", rows)
                    .put("ours", rows)
                    .put("deferred", swept ? 0L : null)
                    .put("withdrawn", swept ? 0L : null)
                    .put("rejected", swept ? 0L : null)
                    .put("missing", swept ? 0L : null);
        }
        return hour.put("theirs", swept ? sum : null)
                .put("ours", swept ? sum : null)
                .put("deferred", swept ? 0L : null)
                .put("withdrawn", swept ? 0L : null)
                .put("rejected", swept ? 0L : null)
                .put("missing", swept ? 0L : null);
    }

    /** Busy by day, and one table much busier than another. */
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
        ArrayNode calls = routes.addObject()
                .put("id", id)
                .put("description", yaml ? "What " + id + " is for" : null)
                .put("from", from)
                .put("yaml", yaml)
                .put("steps", steps)
                .putArray("to");
        List.of(to).forEach(calls::add);
    }
}
