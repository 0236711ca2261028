"""The doctor's own lines by their codes, in English; what it says of files stands in `certs`."""

TITLES: dict[str, str] = {
    "database": "Database",
    "programmes": "Programmes",
    "pictures": "Pictures",
    "outbox": "Outbox",
    "address": "Public address",
    "clock": "Clock",
    "apple": "Apple Wallet",
    "pushes": "Apple's pushes",
    "google": "Google Wallet",
    "telegram": "Telegram",
}

TEXTS: dict[str, str] = {
    "not_finished": "Did not answer within {seconds} s. Look at the network between here and there.",
    "mongo_well": "MongoDB {version} answers as a replica set.",
    "mongo_unavailable": "{words}",
    "mongo_too_old": "MongoDB is {version}, and {least} or newer is needed. Update it.",
    "programmes_well": "Open: {names}.",
    "no_programme": "No programme yet. Open one: tessera programme open --slug coffee --name-ru … --name-en …",
    "pictures_well": "Every picture that cards are drawn with is kept: {count}.",
    "picture_missing": "{programme}: the {slot} of the design {design} is not kept any more. "
    "Upload it again: PUT /v1/designs/{design}",
    "layer_picture_missing": "{programme}: the banner of the layer {layer} is not kept any more. "
    "Upload it again, or end the layer.",
    "design_over": "{programme}: the cards of the design {design} ended on {date}. Give it a later end, or none.",
    "outbox_well": "Nothing waits longer than it should.",
    "outbox_late": "The lane {lane} is behind: what has waited longest was due {minutes} min ago. "
    "Is a worker running, and does the provider answer? See GET /v1/updates/lag",
    "outbox_stuck": "The lane {lane} stands still: what has waited longest was due {minutes} min ago. "
    "Start a worker (tessera worker), or mend what this report says of its provider.",
    "address_well": "{url} leads here.",
    "address_not_https": "{url} is not https: wallets and Telegram come by https alone. "
    "Put a reverse proxy with a certificate in front and set TESSERA_WEB__PUBLIC_URL.",
    "address_local": "{url} is this machine's own name: no phone and no provider can come here. "
    "Set TESSERA_WEB__PUBLIC_URL to the address the world knows.",
    "address_unreachable": "{url} does not answer from here: {reason}. "
    "Is Tessera running, and does the proxy lead to it?",
    "address_certificate": "{url} shows a certificate that is not trusted: {reason}. "
    "Phones refuse it too: renew it, and send the intermediate along.",
    "address_not_ours": "{url} answers, but it is not Tessera (status {status}). "
    "Have the proxy lead to {host}:{port}, or correct TESSERA_WEB__PUBLIC_URL.",
    "clock_well": "Within {seconds} s of {who}.",
    "clock_unknown": "Nobody outside is configured to compare it with.",
    "clock_unanswered": "{who} did not answer, so the clock could not be compared.",
    "clock_off": "This clock is {seconds} s away from that of {who}. Codes that change every half a minute bear 45 s: "
    "switch time synchronisation on.",
    "clock_wrong": "This clock is {seconds} s away from that of {who}. Google refuses such tokens, and changing codes "
    "are refused at the till: switch time synchronisation on.",
    "apple_off": "Off. To switch it on, set TESSERA_APPLE__CERTIFICATE.",
    "apple_well": "Passes are signed for {pass_type}; the certificate has {days} days left.",
    "pushes_off": "Off, as long as Apple Wallet is.",
    "pushes_blocked": "Not tried: the certificate has to be mended first.",
    "pushes_well": "APNs takes the certificate for {topic}.",
    "pushes_certificate_refused": "APNs refuses the certificate ({reason}): it is revoked, or not one of a Pass Type "
    "ID. Make a new one in Apple's portal.",
    "pushes_topic_refused": "APNs refuses the topic {topic} ({reason}): the certificate belongs to another pass type. "
    "Set TESSERA_APPLE__PASS_TYPE to the one of the certificate.",
    "pushes_odd_answer": "APNs refuses pushes: {status} {reason}. Look at TESSERA_APPLE__APNS_PUSH_TYPE and _PRIORITY.",
    "pushes_unreachable": "APNs does not answer from here ({reason}). Open port 443 to {host} (or 2197 with the URL).",
    "google_off": "Off. To switch it on, set TESSERA_GOOGLE__SERVICE_ACCOUNT.",
    "google_well": "{client_email} may work for the issuer {issuer_id}.",
    "google_no_callbacks": "Google cannot report saved and deleted cards: the public address is not https. "
    "Set TESSERA_WEB__PUBLIC_URL, or TESSERA_GOOGLE__CALLBACK_URL.",
    "telegram_off": "Off. To switch it on, set TESSERA_TELEGRAM__TOKEN.",
    "telegram_polling_well": "@{username} asks Telegram for its updates.",
    "telegram_webhook_well": "@{username} gets its updates at {url}.",
    "telegram_token_refused": "Telegram does not know the token. Take it from @BotFather again: /token",
    "telegram_unreachable": "Telegram does not answer from here: {reason}. Open port 443 to {host}.",
    "telegram_odd_answer": "Telegram answered something unexpected: {reason}.",
    "telegram_other_name": "The token is that of @{found}, the settings say @{wanted}. "
    "Correct TESSERA_TELEGRAM__USERNAME: links lead to the wrong bot.",
    "telegram_webhook_in_the_way": "Telegram sends the updates to {url}, so the bot cannot ask for them. "
    "Set TESSERA_TELEGRAM__WEBHOOK_SECRET, or let the bot role start once: it takes the webhook away.",
    "telegram_webhook_elsewhere": "Telegram sends the updates to {found}, not to {wanted}. "
    "Restart the bot role; no other program may use this token.",
    "telegram_webhook_not_set": "Telegram was not told where to send updates. Start the bot role: tessera bot",
    "telegram_webhook_failing": "Telegram cannot deliver updates to {url}: {reason}; {pending} wait. "
    "Look at the proxy and its certificate.",
    "telegram_programme_missing": "The bot speaks for the programme {slug}, and there is none. "
    "Correct TESSERA_TELEGRAM__PROGRAMME.",
}
