package io.tapsentinel.config;

import java.util.Locale;
import java.util.Map;
import org.apache.logging.log4j.core.config.Configurator;

/** The format of log lines. */
public enum LogFormat {
    TEXT,
    JSON;

    /** Selects the appender in {@code log4j2.xml}. */
    private static final String PROPERTY = "log.format";

    /** @throws InvalidSettingException when {@code log.format} is neither of them */
    public static LogFormat of(Map<String, String> properties) {
        return new SettingReader(properties).oneOf(PROPERTY, "text", "json").equals("json") ? JSON : TEXT;
    }

    /** Switches all loggers to this format. */
    public void use() {
        String word = name().toLowerCase(Locale.ROOT);
        String before = System.setProperty(PROPERTY, word);
        if (!word.equals(before) && (before != null || this != TEXT)) {
            // the first logger existed before any property was read
            Configurator.reconfigure();
        }
    }
}
