package io.tapsentinel.config;

import java.util.List;

/** A property is missing or invalid. The message is one line: the property, its value, the bound and what to do. */
public class InvalidSettingException extends RuntimeException {

    private final transient List<String> properties;

    public InvalidSettingException(String message) {
        this(List.of(), message);
    }

    /** @param properties names of the invalid or missing properties */
    InvalidSettingException(List<String> properties, String message) {
        super(message);
        this.properties = List.copyOf(properties);
    }

    /** Names of the invalid or missing properties; may be empty. */
    public List<String> properties() {
        return properties;
    }
}
