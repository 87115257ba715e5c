package io.tapsentinel.tap.api;

import java.io.IOException;

/** TAP's answer exceeds a limit. The rest was not read. */
public final class AnswerTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param how the limit */
    AnswerTooLargeException(String how) {
        super("TAP's answer is too large: " + how);
    }
}
