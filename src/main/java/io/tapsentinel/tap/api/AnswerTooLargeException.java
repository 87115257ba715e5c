package io.tapsentinel.tap.api;

import java.io.IOException;

/** TAP sends more than may be read; the rest was not read. */
public final class AnswerTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    /** @param how the bound that it exceeds */
    AnswerTooLargeException(String how) {
        super("TAP's answer is too large: " + how);
    }
}
