package io.tapsentinel.config;

import java.util.Locale;
import java.util.Map;
import org.apache.logging.log4j.core.config.Configurator;

/** How the lines of the log look. */
public enum LogFormat {
    TEXT,
    JSON;

    /** In {@code log4j2.xml} it chooses the appender. */
    private static final String PROPERTY = "log.format";

    /** @throws InvalidSettingException when {@code log.format} is neither */
    public static LogFormat of(Map<String, String> properties) {
        return new SettingReader(properties).oneOf(PROPERTY, "text", "json").equals("json") ? JSON : TEXT;
    }

    /** From now on every logger writes like this. */
    public void use() {
        String word = name().toLowerCase(Locale.ROOT);
        String before = System.setProperty(PROPERTY, word);
        if (!word.equals(before) && (before != null || this != TEXT)) {
            // the first logger was made before any property was read
            Configurator.reconfigure();
        }
    }
}
