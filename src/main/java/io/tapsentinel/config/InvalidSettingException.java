package io.tapsentinel.config;

import java.util.List;

/** A property is missing or out of bounds; the message is one line that names it, its value, the bound and what to do. */
public class InvalidSettingException extends RuntimeException {

    private final transient List<String> properties;

    public InvalidSettingException(String message) {
        this(List.of(), message);
    }

    /** @param properties names of those that are wrong or missing */
    InvalidSettingException(List<String> properties, String message) {
        super(message);
        this.properties = List.copyOf(properties);
    }

    /** Names of the properties that it is about, as far as they are known. */
    public List<String> properties() {
        return properties;
    }
}
