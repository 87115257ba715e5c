package io.tapsentinel.config;

/** A property is missing or out of bounds; the message is one line that names it, its value, the bound and what to do. */
public class InvalidSettingException extends RuntimeException {

    public InvalidSettingException(String message) {
        super(message);
    }
}
