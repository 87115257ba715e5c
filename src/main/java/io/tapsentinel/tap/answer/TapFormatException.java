package io.tapsentinel.tap.answer;

/** So many elements are unreadable that TAP's format must have changed. */
public class TapFormatException extends TapAnswerException {

    public TapFormatException(String message) {
        super(message);
    }
}
