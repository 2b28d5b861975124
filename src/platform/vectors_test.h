/* Published ciphertexts: of the platform's sample code and tools, and made with its key. */
#ifndef PLATFORM_VECTORS_TEST_H
#define PLATFORM_VECTORS_TEST_H

/* sample code: text message, pad 30 */
#define VECTOR_B \
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg" \
        "3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+k" \
        "DZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6ti" \
        "WSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p" \
        "8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
/* debugging tool: text message, binary random */
#define VECTOR_D \
        "EUCt7xMcNiyASzZj0Hjc5yDjFQrCum6AfQ3ntHiUzjGQ51xieKmbvtrZ40/EcB2W/W8yH0n4Lqx48gJl/T9HD/R309I0P/r5pIZu" \
        "cK3lyEn48FYMr4YdE0QdL2jIJ3xkcXUr6uzefzCxG6lMvwpAJaOyVCzN7sRRw47njfxy5EIqU6R9ZBhlTzfdnhhOhK/nTwzrZX3S" \
        "oGlXFA9OBeZ6ru1NWpXFk76x9DUMe0lcxPPiUqK8ctnQcYXSGUHVqC6DfG7E7mab0OmruNN8cBZY5d3dYOBA4OgaH55Q0AJmUpdT" \
        "8vNiXpXx+6TxT3TIjySXpDrHVyrsb772aYywgg/Nu4kUmGkALwFZlzhjNegR7wDwb9lr4ERXsSSS8JZ8lbBmaQ3F2Tq584xoPj5r" \
        "IhXAF734ynm4no1g+SdHiNqR328="
/* made: 26 letters, pad 32 */
#define VECTOR_PAD32 \
        "sKqRbbiSUnDhFHOvPjtUMZGyoR1r/GzKAbbgquGlaOgIlt+xQAi/JKk90aBApUWQUg5O+k5ZufIRKoqgtkAVwJKF1H3y/sfk7izz" \
        "wSIp1tYTy01NHOGT9sTJ2jdv5sCT"
/* made: UTF-8 */
#define VECTOR_UTF8 \
        "sKqRbbiSUnDhFHOvPjtUMcz5e5v/T1qahgU5bEXs6+b+WLmbSqsxxIWwQYiTSp1nlFtebetk/ZnmGvgg5Lxukg=="
/* made: empty message */
#define VECTOR_EMPTY \
        "sKqRbbiSUnDhFHOvPjtUMU5qwF3QTRQT35ZLQKNzkIFzNtEiqzhRA2bjiTq/aLNxdb+TySor6nIW5pigQ2NbKg=="
/* made: 25 times x, pad 1 */
#define VECTOR_PAD1 \
        "sKqRbbiSUnDhFHOvPjtUMTIgWxMfZaDiaj7KzsCGyXqqH9HC+RjyYtNk3PCh1eyjg4jSIJ9DqwBX6vUvZrmBVA=="
/* made: 微信客服 notice */
#define VECTOR_KF \
        "sKqRbbiSUnDhFHOvPjtUMenPyrfnV5RAYWBu/b6HKoZtHj1YOb9dr5tNgwnk3XXtqTOEfwGJGoIliPHXVPXXc8MIe60r18JZHswl" \
        "S2secrUsYunTuedQff1WYLPC+onv7wndIT4hT8kpKA7GQJa+tHKaHnj+c2l4Zxe38HuC//Fum1GHlJjvgM/x/3X6Ys6MDm9UXCA1" \
        "6lOZaDzyO6JBI6sZ5Kng9CVrvxVdY2apQWFG8x3jW8d98Z+/8QnnLMZ/Vot1ETdVQGwxilbHlm4wL4adYFvRVQQAEbfmi41LcIPU" \
        "fr3tS9merWYmIYBJGKp4KNFDfHrCoGvZa0wCMSM4EPUzvy57wmhoTRnIRgMFylGI0uiTlDGZn7asiDqCgJlRShVpc569XQEuyAMH" \
        "n6smbg80IHXnqBlknROXd/91ITw="
/* made: JSON event of a shop */
#define VECTOR_SHOP \
        "Q3stYC6hdFzMh9T8HCvyDD6yCco61d83JLWY5fxzv6ctG4s/0IEbNyCW6o1k1RSsGGwTniSqeiBmIhLmGHQddhT69Ccj0zCH5czs" \
        "Coo3+SCzKexq/T0POPulPyEliJtvA46zDf85DrpNexYwPN6Nrt2fNOWHyqUYY5dE76xsM0Mn05NbwVocQguS4E1CU/YAnYF/moMd" \
        "GHqKnM8qAL6D7d0PgOKPbOXnFBi7MmpxwvWiD8n9SrV4VhHeLKcw+DHNWyo9lXfMh854JZIiA8aVbrZmrQbguK8DuwXBK+9yngW6" \
        "H/Bi5BzErduvqLPL5pM/AsWEBPAf0Xx244wZMdtH3A=="

#endif
