package io.tapsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.EventType;
import io.tapsentinel.event.TapEvent;
import io.tapsentinel.read.FilteredRoute;
import io.tapsentinel.read.ReadRoutes;
import io.tapsentinel.sentinel.SentinelConstants;
import io.tapsentinel.yamlroutes.LookupFiles;
import io.tapsentinel.yamlroutes.RouteFiles;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names that users write into routes, manifests, queries and scripts. A release may add names, but never remove one of these. */
class StableNamesTest {

    @Test
    void propertiesKeepTheirNamesAndDefaults() throws IOException {
        assertThat(properties("application.properties"))
                .as("a new default belongs here, and in configuration.md and changelog.md")
                .containsAllEntriesOf(parsed("""
                        tap.url = https://tap-api-v2.proofpoint.com
                        tap.principal =
                        tap.secret =
                        tap.secret-file =
                        tap.source = tap
                        tap.poll.cron = 0 0/5 * * * ?
                        tap.poll.look-back = PT1H
                        tap.poll.settle = PT1M
                        tap.poll.backfill = PT1H
                        tap.poll.start =
                        tap.sweep.cron = 0 7/10 * * * ?
                        tap.sweep.ages = PT4H,PT8H,PT12H,P1D,P3D,PT156H
                        tap.threat-status = active,cleared
                        tap.updates = false
                        tap.budget.requests-per-day = 1800
                        tap.budget.reserve = 30 %
                        tap.request-timeout = PT10M
                        tap.max-answer-megabytes = 1000
                        tap.retry.pauses = PT5S,PT20S,PT1M
                        tap.rest.throttled = PT5M,PT10M,PT20M,PT30M
                        tap.rest.credentials = PT15M
                        tap.rejected.uri = file:state/rejected
                        tap.rejected.keep = P30D
                        tap.rejected.max-megabytes = 1000
                        tap.replay.uri = file:state/replay
                        tap.replay.keep = P7D
                        tap.archive.uri =
                        tap.archive.outbox = state/archive
                        tap.archive.max-megabytes = 1000
                        tap.spool = state/spool
                        tap.shutdown-timeout = PT20S
                        tap.sandbox =
                        tap.sandbox.folder = sandbox
                        sentinel.endpoint =
                        sentinel.dcr-immutable-id =
                        sentinel.auth = azure
                        sentinel.cloud = public
                        sentinel.additional-fields = false
                        sentinel.health-table = false
                        tls.ca-file =
                        azure.blob-endpoint =
                        state.url = jdbc:sqlite:state/tap-sentinel.db
                        state.user =
                        state.password =
                        state.password-file =
                        state.keys-in-memory = 2000000
                        log.format = text
                        camel.main.name = tap-sentinel
                        camel.server.host = 127.0.0.1
                        camel.server.port = {{env:CAMEL_SERVER_PORT:8080}}
                        camel.management.host = 127.0.0.1
                        camel.management.port = {{env:CAMEL_MANAGEMENT_PORT:9876}}
                        camel.management.health-path = /observe/health
                        camel.metrics.path = /observe/metrics
                        """));
    }

    @Test
    void tablesAndStreamsKeepTheirNames() throws IOException {
        try (Stream<Path> schemas = Files.list(Path.of("src/main/resources/tables"))) {
            assertThat(schemas.map(file -> file.getFileName().toString().replace(".json", "")))
                    .contains(
                            "ProofPointTAPClicksBlockedV2_CL",
                            "ProofPointTAPClicksPermittedV2_CL",
                            "ProofPointTAPMessagesBlockedV2_CL",
                            "ProofPointTAPMessagesDeliveredV2_CL",
                            "TapSentinelHealth_CL");
        }
        assertThat(EventType.values())
                .extracting(EventType::arrayName)
                .containsExactlyInAnyOrder("clicksPermitted", "clicksBlocked", "messagesDelivered", "messagesBlocked");
    }

    @Test
    void routesKeepTheirIdsAndFiles() {
        List<String> ids = new ArrayList<>();
        RouteFiles.in(Path.of(RouteFiles.FOLDER))
                .texts()
                .forEach((name, text) -> Pattern.compile("^- route:\\n(?:.*\\n)*?    id: (\\S+)", Pattern.MULTILINE)
                        .matcher(text)
                        .results()
                        .forEach(route -> ids.add(name + " " + route.group(1))));
        assertThat(ids)
                .contains(
                        "operator.camel.yaml before-clicks-permitted",
                        "operator.camel.yaml before-clicks-blocked",
                        "operator.camel.yaml before-messages-delivered",
                        "operator.camel.yaml before-messages-blocked",
                        "sentinel-tables.camel.yaml clicks-permitted",
                        "sentinel-tables.camel.yaml clicks-blocked",
                        "sentinel-tables.camel.yaml messages-delivered",
                        "sentinel-tables.camel.yaml messages-blocked",
                        "tap-archive.camel.yaml tap-archive",
                        "tap-event-router.camel.yaml tap-event",
                        "tap-poll.camel.yaml tap-poll",
                        "tap-poll.camel.yaml tap-sweep",
                        "tap-poll.camel.yaml tap-fetch");
    }

    @Test
    void namesThatRoutesUseStay() {
        assertThat(List.of(
                        ReadRoutes.READ_DUE,
                        ReadRoutes.SWEEP_DUE,
                        FilteredRoute.FILTERED,
                        LookupFiles.BEAN,
                        TapEvent.PROPERTY,
                        ReadRoutes.EVENT_TYPE,
                        SentinelConstants.TABLE))
                .containsExactly(
                        "direct:tap-read-due",
                        "direct:tap-sweep-due",
                        "direct:filtered",
                        "lookup",
                        "CamelSentinelEvent",
                        "CamelSentinelEventType",
                        "CamelSentinelTable");
        assertThat(EventType.values())
                .extracting(EventType::repository)
                .containsExactlyInAnyOrder(
                        "clicksPermittedSeen", "clicksBlockedSeen", "messagesDeliveredSeen", "messagesBlockedSeen");
    }

    @Test
    void theSentinelEndpointKeepsItsOptions() throws IOException {
        assertThat(new ObjectMapper()
                        .readTree(Path.of("src/generated/resources/META-INF/io/tapsentinel/sentinel/sentinel.json")
                                .toFile())
                        .get("properties")
                        .fieldNames())
                .toIterable()
                .contains(
                        "table",
                        "batchBytes",
                        "batchRecords",
                        "lingerMs",
                        "maxPending",
                        "deliveryTimeoutMs",
                        "retryBackoffMs",
                        "retryBackoffMaxMs");
    }

    /** The page has exactly the metrics that the program has, see {@link io.tapsentinel.monitoring.metrics.MetricsPageIT}. */
    @Test
    void metricsKeepTheirNames() throws IOException {
        assertThat(Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE)
                        .matcher(Files.readString(Path.of("src/site/markdown/monitoring.md")))
                        .results()
                        .map(name -> name.group(1)))
                .contains(
                        "tap_progress_lag_seconds",
                        "tap_last_poll_timestamp_seconds",
                        "tap_backlog_seconds",
                        "tap_gaps",
                        "tap_gap_seconds",
                        "tap_sweep_missing",
                        "tap_reads_total",
                        "tap_read_seconds",
                        "tap_read_seconds_max",
                        "tap_read_bytes_total",
                        "tap_refusals_total",
                        "tap_fetched_total",
                        "tap_events_total",
                        "tap_deferred_events",
                        "tap_withdrawn_events",
                        "tap_unreadable_total",
                        "tap_late_total",
                        "tap_filtered_total",
                        "tap_drift_total",
                        "tap_event_lag_seconds",
                        "tap_event_lag_seconds_max",
                        "tap_requests",
                        "tap_requests_limit",
                        "tap_requests_left",
                        "sentinel_batch_records",
                        "sentinel_batch_records_max",
                        "sentinel_batch_bytes",
                        "sentinel_batch_bytes_max",
                        "sentinel_upload_seconds",
                        "sentinel_upload_seconds_max",
                        "sentinel_retries_total",
                        "sentinel_failures_in_a_row",
                        "sentinel_needs_person",
                        "sentinel_suspended_seconds",
                        "sentinel_last_acknowledged_timestamp_seconds",
                        "sentinel_pending_records",
                        "sentinel_possible_duplicates",
                        "sentinel_rejected_total",
                        "sentinel_capped_fields_total",
                        "tap_archive_answers_total",
                        "tap_archive_waiting",
                        "tap_archive_waiting_bytes",
                        "tap_archive_oldest_seconds",
                        "tap_info",
                        "app_info");
    }

    private static Properties properties(String file) throws IOException {
        return parsed(Files.readString(Path.of(file)));
    }

    private static Properties parsed(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties;
    }
}
