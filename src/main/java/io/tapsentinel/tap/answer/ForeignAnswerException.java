package io.tapsentinel.tap.answer;

/** The document is not TAP's answer to this request: a web page, other JSON or a cached answer. A retry may help. */
public class ForeignAnswerException extends TapAnswerException {

    public ForeignAnswerException(String message) {
        super(message);
    }
}
