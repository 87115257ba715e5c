package io.tapsentinel.tap;

import java.io.IOException;

/** TAP sends more than {@code tap.max-answer-megabytes}; the rest was not read. */
public final class AnswerTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    AnswerTooLargeException(int megabytes) {
        super("TAP's answer is too large: more than " + megabytes + " MB (tap.max-answer-megabytes)");
    }
}
