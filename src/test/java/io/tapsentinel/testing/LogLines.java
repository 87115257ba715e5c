package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Collects log lines: during each test as a JUnit extension, or between {@link #open} and {@link #close}. */
public final class LogLines extends AbstractAppender implements BeforeEachCallback, AfterEachCallback, AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    public LogLines() {
        super("log-lines", null, null, false, Property.EMPTY_ARRAY);
    }

    /** Starts collecting. */
    public static LogLines open() {
        LogLines log = new LogLines();
        log.listen();
        return log;
    }

    private void listen() {
        start();
        context().getRootLogger().addAppender(this);
    }

    @Override
    public void append(LogEvent event) {
        lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage()
                + (event.getThrown() == null ? "" : " " + event.getThrown()));
    }

    /** Level and message of each line so far. */
    public List<String> lines() {
        return lines;
    }

    /** The lines that contain all these texts. */
    public List<String> lines(String... words) {
        return lines.stream()
                .filter(line -> Stream.of(words).allMatch(line::contains))
                .toList();
    }

    /** The only line that contains all these texts. */
    public String line(String... words) {
        assertThat(lines(words)).as("lines with " + List.of(words)).hasSize(1);
        return lines(words).get(0);
    }

    @Override
    public void close() {
        context().getRootLogger().removeAppender(this);
        stop();
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        lines.clear();
        listen();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        close();
    }

    private static LoggerContext context() {
        return (LoggerContext) LogManager.getContext(false);
    }
}
