package io.tapsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationFactory;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

/** Log lines in both formats of {@code log4j2.xml}. */
class LogLayoutsTest {

    private static final String ODD = "two\r\nlines\u0085three\u2028four\u001b[31m\u0000 \"quoted\" \\ {\u00e9}";

    private final Configuration configuration = configuration();

    @Test
    void multiLineMessageIsOneLineOfText() {
        String line = line("text", ODD, null);

        assertThat(line)
                .isEqualTo(
                        "2026-11-23T12:00:00.123Z INFO  i.t.a.Program - two lines three four [31m  \"quoted\" \\ {\u00e9}\n");
    }

    @Test
    void multiLineMessageIsOneJsonObject() throws Exception {
        String line = line("json", ODD, null);

        assertThat(line)
                .endsWith("\n")
                .doesNotContainPattern("[\\x00-\\x09\\x0B-\\x1F]")
                .containsOnlyOnce("\n");
        JsonNode object = new ObjectMapper().readTree(line);
        assertThat(object.path("time").asText()).isEqualTo("2026-11-23T12:00:00.123Z");
        assertThat(object.path("level").asText()).isEqualTo("INFO");
        assertThat(object.path("logger").asText()).isEqualTo("io.tapsentinel.app.Program");
        assertThat(object.path("thread").asText()).isEqualTo("a thread");
        assertThat(object.path("message").asText()).isEqualTo(ODD);
    }

    @Test
    void exceptionsAreNotLoggedBecauseTheyMayQuoteEvents() {
        Exception quoting = new IllegalStateException("content", new RuntimeException("more content"));

        assertThat(line("text", "it failed", quoting)).endsWith("it failed\n").doesNotContain("content", "Exception");
        assertThat(line("json", "it failed", quoting))
                .contains("it failed")
                .doesNotContain("content", "Exception")
                .containsOnlyOnce("\n");
    }

    @Test
    void appenderFailuresAreIgnored() {
        assertThat(configuration.getAppenders().values()).hasSize(2).allMatch(Appender::ignoreExceptions);
    }

    private String line(String appender, String message, Throwable thrown) {
        LogEvent event = Log4jLogEvent.newBuilder()
                .setLoggerName("io.tapsentinel.app.Program")
                .setLevel(Level.INFO)
                .setThreadName("a thread")
                .setMessage(new SimpleMessage(message))
                .setThrown(thrown)
                .setTimeMillis(1_795_435_200_123L)
                .build();
        return new String(configuration.getAppender(appender).getLayout().toByteArray(event), StandardCharsets.UTF_8);
    }

    private static Configuration configuration() {
        try {
            URI file = LogLayoutsTest.class.getResource("/log4j2.xml").toURI();
            Configuration made =
                    ConfigurationFactory.getInstance().getConfiguration(new LoggerContext("own"), "own", file);
            made.initialize();
            return made;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
