package io.tapsentinel.tap;

/** What came does not look like an answer of TAP to this question: a page of a proxy, or a stored answer. Another request may bring one. */
public class ForeignAnswerException extends TapAnswerException {

    public ForeignAnswerException(String message) {
        super(message);
    }
}
