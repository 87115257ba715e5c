package io.tapsentinel.tap.answer;

/** TAP's answer cannot be read to its end. The message gives the place and the reason without content. */
public class TapAnswerException extends RuntimeException {

    public TapAnswerException(String message) {
        super(message);
    }
}
