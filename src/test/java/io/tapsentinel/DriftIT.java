package io.tapsentinel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tapsentinel.monitoring.metrics.Metrics;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.LogLines;
import io.tapsentinel.testing.RunningProgram;
import io.tapsentinel.testing.SimulatedServices;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Fields and values without a column, in a running program; half of the events use the spelling of the vendor's page. */
class DriftIT {

    private static final String ODD = """
            {"clicksPermitted": [
              {"id": "c1", "clickTime": "2026-11-20 12:30:00,000 +01", "recipient": ["r@example.org"]},
              {"id": "c2", "clickTime": 1795174200000, "recipient": ["r@x", "s@x"]},
              {"id": "c3", "clickTime": "noon", "threatTime": "2026-11-20T11:30:00.000+0000"}],
            "messagesBlocked": [{"id": "m1", "cluster": "live", "clusterId": "doc", "threatsInfoMap": [
              {"threatID": "live", "threatId": "doc", "threatTime": "2026-11-20T11:30:00Z"}]}]}""";

    private static final String TEXTS =
            "cluster subject quarantineFolder quarantineRule headerFrom headerReplyTo QID messageID"
                    + " sender senderIP xmailer";
    private static final String LISTS =
            "policyRoutes modulesRun fromAddress ccAddresses replyToAddress toAddresses messageParts"
                    + " threatsInfoMap recipient";

    private final List<JsonNode> rows = new CopyOnWriteArrayList<>();

    @AutoClose
    private final SimulatedServices services = new SimulatedServices(
                    SandboxSettings.defaults().eventsPerHour(300).shareDocumented(0.5))
            .eachRow((table, row) -> rows.add(row));

    @RegisterExtension
    final LogLines log = new LogLines();

    @Test
    void fieldsWithoutAColumnAreCountedByNameAndKept() throws Exception {
        services.with("sentinel.additional-fields", "true");
        MeterRegistry registry = registry(services.start().poll());

        assertThat(count(registry, "unknown-field", "headerTo"))
                .isEqualTo(having("headerTo"))
                .isGreaterThan(20);
        assertThat(count(registry, "value", "impostorScore"))
                .isEqualTo(having("impostorScore"))
                .isGreaterThan(20);
        assertThat(rows)
                .filteredOn(row -> row.path("AdditionalFields").has("impostorScore"))
                .allSatisfy(row -> assertThat(row.path("impostorScore").intValue())
                        .isEqualTo((int) Math.round(row.path("AdditionalFields")
                                .path("impostorScore")
                                .doubleValue())));
        assertThat(log.lines().stream().filter(line -> line.contains("headerTo")))
                .as("one line for each table")
                .hasSize(2)
                .allMatch(line -> line.contains("sent in AdditionalFields"));
    }

    @Test
    void withoutTheColumnAdditionalFieldsTheyAreOnlyCounted() throws Exception {
        MeterRegistry registry = registry(services.start().poll());

        assertThat(count(registry, "unknown-field", "headerTo")).isGreaterThan(20);
        assertThat(rows).isNotEmpty().noneMatch(row -> row.has("AdditionalFields"));
    }

    @Test
    void oddTypesSpellingsAndTimesLandAndWhatFitsNoColumnIsKept() throws Exception {
        services.with("sentinel.additional-fields", "true").tapProxy().rewrite(body -> ODD.getBytes(UTF_8));
        MeterRegistry registry = registry(services.start().poll());

        assertThat(services.reads()).hasSize(1);
        assertThat(rows)
                .hasSize(4)
                .allSatisfy(
                        row -> assertThat(row.path("TimeGenerated").textValue()).isEqualTo("2026-11-20T11:30:00Z"));
        assertThat(row("c1").path("recipient").textValue()).isEqualTo("r@example.org");
        assertThat(row("c1").path("clickTime").textValue()).isEqualTo("2026-11-20T11:30:00Z");
        assertThat(row("c1").has("AdditionalFields")).isFalse();
        assertThat(row("c2").path("clickTime").textValue()).isEqualTo("2026-11-20T11:30:00Z");
        assertThat(row("c2").path("AdditionalFields").toString()).isEqualTo("{\"recipient\":[\"r@x\",\"s@x\"]}");
        assertThat(row("c3").has("clickTime")).isFalse();
        assertThat(row("c3").path("AdditionalFields").toString()).isEqualTo("{\"clickTime\":\"noon\"}");
        assertThat(row("m1").path("cluster").textValue()).isEqualTo("live");
        assertThat(row("m1").path("AdditionalFields").path("clusterId").textValue())
                .isEqualTo("doc");
        assertThat(row("m1").path("threatsInfoMap").toString()).contains("live").doesNotContain("doc");
        assertThat(row("m1").path("AdditionalFields").path("threatsInfoMap").toString())
                .contains("\"threatId\":\"doc\"");
        assertThat(count(registry, "value", "recipient")).isEqualTo(1);
        assertThat(count(registry, "value", "clickTime")).isEqualTo(1);
        assertThat(count(registry, "value", "threatsInfoMap")).isEqualTo(1);
        assertThat(count(registry, "unknown-field", "clusterId")).isEqualTo(1);
    }

    /** 62,000 bytes in each of twenty columns: over 1.2 MB in total, though no single value is too long. */
    @Test
    void tooLargeRecordsAreRejectedAndTooLongFieldsCapped() throws Exception {
        String texts =
                Stream.of(TEXTS.split(" ")).map(name -> text(name, 62_000)).collect(Collectors.joining(","));
        String lists = Stream.of(LISTS.split(" "))
                .map(name -> ",\"" + name + "\":[\"" + "y".repeat(62_000) + "\"]")
                .collect(Collectors.joining());
        String answer = "{\"messagesBlocked\":[{\"id\":\"large\"," + texts + lists + "},{\"id\":\"long\","
                + text("subject", 1_200_000) + "}]}";
        services.tapProxy().rewrite(body -> answer.getBytes(UTF_8));
        services.start().poll().poll();

        assertThat(services.reads()).hasSize(2);
        assertThat(rows).hasSize(1);
        assertThat(row("long").path("subject").textValue())
                .hasSizeBetween(60_000, 65_536)
                .contains("[cut ");
        assertThat(services.state().rejected("too-large"))
                .extracting(document -> document.at("/record/id").textValue())
                .containsExactly("large");
        assertThat(services.state().rejected("capped"))
                .extracting(
                        document -> document.at("/record/subject").textValue().length())
                .containsExactly(1_200_000);
    }

    private static String text(String name, int length) {
        return "\"" + name + "\":\"" + "x".repeat(length) + "\"";
    }

    private JsonNode row(String id) {
        return rows.stream()
                .filter(row -> row.path("id").textValue().equals(id))
                .findAny()
                .orElseThrow();
    }

    private static MeterRegistry registry(RunningProgram program) {
        return program.camel().getRegistry().lookupByNameAndType(Metrics.REGISTRY, MeterRegistry.class);
    }

    private static double count(MeterRegistry registry, String kind, String field) {
        return registry.get("tap.drift").tags("kind", kind, "field", field).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    private double having(String field) {
        return rows.stream()
                .filter(row -> row.path("AdditionalFields").has(field))
                .count();
    }
}
