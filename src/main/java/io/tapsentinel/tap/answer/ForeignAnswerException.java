package io.tapsentinel.tap.answer;

/** What came is no answer of TAP to this question: a page, another JSON document, or a stored answer. Another request may bring one. */
public class ForeignAnswerException extends TapAnswerException {

    public ForeignAnswerException(String message) {
        super(message);
    }
}
