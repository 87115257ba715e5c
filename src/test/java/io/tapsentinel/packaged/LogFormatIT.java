package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code log.format} in the packaged program. */
@Timeout(value = 400, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class LogFormatIT extends PackagedFixture {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WINDOW =
            "(poll|backlog) \\d[-:.\\d ]+ UTC committed in [\\d.]+ m?s: [\\d,]+ fetched, [\\d,]+ new \\([\\d,]+ late\\), [\\d,]+ duplicates?"
                    + "; ([\\d,.]+ \\w+) in [\\d.]+ m?s, processed in [\\d.]+ m?s";

    @Test
    void everyLineIsOneJsonObjectFromStartToStop() throws Exception {
        ScriptedServices services = open(new ScriptedServices(3_000, Duration.ofMinutes(5)));
        services.tap().next(TapFault.STATUS_503, TapFault.RESET, TapFault.HTML_PAGE);
        services.sink()
                .next(
                        upload -> SinkFault.STATUS_503.on(upload, services),
                        upload -> SinkFault.FORBIDDEN_403.on(upload, services));
        PackagedProgram program = open(
                HealthIT.launch(services, folder).with("log.format", "json").start());
        program.awaitLine(WINDOW);
        program.signal("TERM").awaitExit();

        List<String> messages = new ArrayList<>();
        List<String> levels = new ArrayList<>();
        for (String line : program.lines()) {
            JsonNode object = JSON.readTree(line);
            assertThat(object.fieldNames())
                    .toIterable()
                    .as(line)
                    .containsExactly("time", "level", "logger", "thread", "message");
            assertThat(Instant.parse(object.path("time").asText()))
                    .isAfter(Instant.now().minus(Duration.ofMinutes(5)));
            assertThat(object.path("logger").asText()).isNotEmpty();
            assertThat(object.path("thread").asText()).isNotEmpty();
            levels.add(object.path("level").asText());
            messages.add(object.path("message").asText());
        }
        assertThat(levels).contains("INFO", "WARN");
        assertThat(messages).first().asString().startsWith("tap-sentinel reads ");
        assertThat(messages).last().asString().startsWith("drained: ");
        assertThat(messages)
                .anyMatch(message -> message.contains("TAP answered 503"))
                .anyMatch(message -> message.contains("OperationFailed"))
                .anyMatch(message -> message.matches(WINDOW));
    }

    @Test
    void theLineOfAWindowShowsTheAnswersSize() throws Exception {
        ScriptedServices services = open(new ScriptedServices(3_000, Duration.ofMinutes(5)));
        List<Integer> sent = new CopyOnWriteArrayList<>();
        services.tap().script(request -> call -> {
            ScriptedRequest.Answer answer = call.forward();
            sent.add(answer.body().length);
            call.send(answer);
        });
        PackagedProgram program = open(HealthIT.launch(services, folder).start());
        String first = program.awaitLine(WINDOW).group(2);
        assertThat(sent)
                .filteredOn(bytes -> HumanText.bytes(bytes).equals(first))
                .isNotEmpty()
                .allMatch(bytes -> bytes > 100_000);
    }
}
